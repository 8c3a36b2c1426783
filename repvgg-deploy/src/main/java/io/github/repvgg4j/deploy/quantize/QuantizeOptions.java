package io.github.repvgg4j.deploy.quantize;

import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.deploy.convert.ConvertOptions.Existing;
import io.github.repvgg4j.deploy.convert.QuantizedFile.FloatWeights;
import io.github.repvgg4j.deploy.quantize.scale.ActivationRule;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How to quantise a fast zip.
 *
 * @param data a data set with a training part, which calibrates, and a test part, which judges
 * @param images to calibrate on, at most
 * @param scheme how numbers become integers
 * @param keepFloat names of layers that are to stay float32
 * @param maxDropPoints largest upper end of the accuracy drop's 95 % interval, in points of a
 *     hundred
 * @param output where the results go
 */
public record QuantizeOptions(
    Path data,
    int images,
    Scheme scheme,
    List<String> keepFloat,
    double maxDropPoints,
    Output output) {

  private static final int IMAGES = 512;
  private static final double MAX_DROP_POINTS = 1;

  /**
   * Where the results go.
   *
   * @param zip the INT8 zip; empty: {@code X.int8.zip} beside {@code X.zip}. The report is {@code
   *     Y.report.json} beside {@code Y.zip}
   * @param existing what to do when one of them is there already
   * @param floats whether the float32 weights stay in the file
   */
  public record Output(Optional<Path> zip, Existing existing, FloatWeights floats) {}

  /**
   * @throws IllegalArgumentException one line that begins with the option's name
   */
  public QuantizeOptions {
    keepFloat = List.copyOf(keepFloat);
    if (images < 1) {
      throw new IllegalArgumentException("images: must be at least 1, got " + images);
    }
    if (!(maxDropPoints >= 0 && maxDropPoints <= 100)) {
      throw new IllegalArgumentException("max-drop: must be 0 to 100, got " + maxDropPoints);
    }
  }

  /** 512 images, the standard scheme, at most one point lost, results beside the fast zip. */
  public static QuantizeOptions of(Path data) {
    return new QuantizeOptions(
        data,
        IMAGES,
        Scheme.STANDARD,
        List.of(),
        MAX_DROP_POINTS,
        new Output(Optional.empty(), Existing.REFUSE, FloatWeights.KEPT));
  }

  public QuantizeOptions withImages(int newImages) {
    return new QuantizeOptions(data, newImages, scheme, keepFloat, maxDropPoints, output);
  }

  public QuantizeOptions withScheme(Scheme newScheme) {
    return new QuantizeOptions(data, images, newScheme, keepFloat, maxDropPoints, output);
  }

  public QuantizeOptions withActivations(ActivationRule rule) {
    return withScheme(scheme.withActivations(rule));
  }

  /** With weights that are exact on every CPU. */
  public QuantizeOptions portable() {
    return withScheme(scheme.withLimit(QuantizedNetwork.PORTABLE));
  }

  public QuantizeOptions withKeepFloat(List<String> layers) {
    return new QuantizeOptions(data, images, scheme, layers, maxDropPoints, output);
  }

  public QuantizeOptions withMaxDropPoints(double points) {
    return new QuantizeOptions(data, images, scheme, keepFloat, points, output);
  }

  public QuantizeOptions withOutput(Output newOutput) {
    return new QuantizeOptions(data, images, scheme, keepFloat, maxDropPoints, newOutput);
  }

  /** The same, writing to this zip. */
  public QuantizeOptions withZip(Path zip) {
    return withOutput(new Output(Optional.of(zip), output.existing(), output.floats()));
  }
}
