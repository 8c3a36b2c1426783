package io.github.repvgg4j.deploy.convert;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.data.BadImageException;
import io.github.repvgg4j.data.ImageData;
import io.github.repvgg4j.data.ImagePreprocessor;
import io.github.repvgg4j.deploy.convert.ConvertOptions.Comparison;
import io.github.repvgg4j.deploy.convert.RunFolder.RunData;
import io.github.repvgg4j.deploy.predict.LabelledImages;
import io.github.repvgg4j.model.InputShape;
import io.github.repvgg4j.model.RepVggSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What both forms of a network are given.
 *
 * @param description in words
 * @param shape of one image
 * @param values all images, {@code [N, C, H, W]} in C order, normalised
 * @param classes of the images; null where unknown
 */
@SuppressWarnings("ArrayRecordComponent")
record ComparisonInputs(String description, InputShape shape, float[] values, int[] classes) {

  private static final long SEED = 1;

  /** Test images where they are given or the run names them, else random numbers. */
  static ComparisonInputs choose(Path model, ModelMetadata metadata, Comparison comparison)
      throws IOException {
    InputShape shape =
        metadata
            .spec()
            .map(RepVggSpec::input)
            .or(comparison::input)
            .orElseThrow(
                () ->
                    new ConversionRefused(
                        "the model does not say the shape of its input; give --input C,H,W"));
    if (comparison.data().isPresent()) {
      RunData data = new RunData(comparison.data().get(), ImageData.Options.PLAIN);
      return images(data, metadata, shape, comparison.images());
    }
    Optional<RunData> data = RunFolder.data(model);
    return data.isPresent() && metadata.preprocessing().isPresent()
        ? images(data.get(), metadata, shape, comparison.images())
        : random(shape, comparison.images());
  }

  static ComparisonInputs random(InputShape shape, int images) {
    Random random = new Random(SEED);
    float[] values = new float[images * length(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new ComparisonInputs(
        images + " random images (normal distribution, seed " + SEED + ")", shape, values, null);
  }

  /** Images spread evenly over the data set; those that cannot be read are passed over. */
  private static ComparisonInputs images(
      RunData data, ModelMetadata metadata, InputShape shape, int wanted) throws IOException {
    ImagePreprocessor preprocessor =
        new ImagePreprocessor(
            metadata
                .preprocessing()
                .orElseThrow(
                    () ->
                        new ConversionRefused(
                            "the model does not say how images become its input; leave --data"
                                + " away to compare on random numbers")),
            shape);
    try (LabelledImages all = LabelledImages.open(data.path(), data.options(), metadata.labels())) {
      return images(data.path(), all, preprocessor, shape, wanted);
    }
  }

  private static ComparisonInputs images(
      Path data, LabelledImages all, ImagePreprocessor preprocessor, InputShape shape, int wanted)
      throws IOException {
    int count = Math.min(wanted, all.images().size());
    float[] values = new float[count * length(shape)];
    int[] classes = new int[count];
    int used = 0;
    for (int i = 0; i < count; i++) {
      int index = (int) ((long) i * all.images().size() / count);
      try {
        preprocessor.write(
            all.images().name(index), () -> all.images().read(index), values, used * length(shape));
        classes[used++] = all.classes()[index];
      } catch (BadImageException e) {
        // prediction names bad images; a comparison only needs some good ones
      }
    }
    if (used == 0) {
      throw new IOException(data + ": none of its images can be read");
    }
    return new ComparisonInputs(
        used + " test images of " + data,
        shape,
        Arrays.copyOf(values, used * length(shape)),
        Arrays.copyOf(classes, used));
  }

  private static int length(InputShape shape) {
    return Math.multiplyExact(shape.channels(), Math.multiplyExact(shape.height(), shape.width()));
  }

  int size() {
    return values.length / length(shape);
  }

  /** Images {@code from} to {@code to - 1}: {@code [to - from, C, H, W]}, float32. */
  INDArray images(int from, int to) {
    int length = length(shape);
    return Nd4j.create(
        Arrays.copyOfRange(values, from * length, to * length),
        new long[] {to - from, shape.channels(), shape.height(), shape.width()},
        'c');
  }
}
