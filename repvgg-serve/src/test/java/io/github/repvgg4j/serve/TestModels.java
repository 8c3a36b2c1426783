package io.github.repvgg4j.serve;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.deploy.convert.ConvertOptions;
import io.github.repvgg4j.deploy.convert.ConvertOptions.Comparison;
import io.github.repvgg4j.deploy.convert.Converter;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.RandomStatistics;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Small networks with random weights and statistics, as zips that users have, and images. */
public final class TestModels {

  /** 32 x 32, ten classes. */
  public static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 1, 1, 1), List.of(8, 8, 16, 16, 32), 10, InputShape.square(32));

  private static final Map<Long, byte[]> FAST = new ConcurrentHashMap<>();

  private TestModels() {}

  /** A training form, which the fast runtime can't take. */
  public static Path training(Path zip, RepVggSpec spec, long seed) throws IOException {
    ComputationGraph graph = RepVggGraphs.build(spec, GraphOptions.withSeed(seed));
    RandomStatistics.fill(graph, seed);
    List<String> labels =
        IntStream.range(0, spec.numClasses()).mapToObj(i -> "class " + i).toList();
    ModelZipWriter.of(
            graph,
            ModelMetadata.of(Form.TRAINING, spec)
                .withLabels(labels)
                .withPreprocessing(Preprocessing.IMAGENET))
        .write(zip);
    return zip;
  }

  /** A fast form with probe and certificate. */
  public static Path fast(Path zip, RepVggSpec spec, long seed) throws IOException {
    Path model = Files.createTempFile("repvgg-serve", ".zip");
    try {
      Converter.convert(
          training(model, spec, seed),
          ConvertOptions.DEFAULT
              .withComparison(Comparison.DEFAULT.withImages(4).withLatencyRounds(0))
              .withZip(zip)
              .replacing());
    } finally {
      Files.delete(model);
    }
    return zip;
  }

  /** A fast form of {@link #SPEC}, made once a seed. */
  public static byte[] fast(long seed) {
    return FAST.computeIfAbsent(
        seed,
        s -> {
          try {
            Path folder = Files.createTempDirectory("repvgg-serve");
            Path zip = fast(folder.resolve("fast.zip"), SPEC, s);
            byte[] bytes = Files.readAllBytes(zip);
            Files.delete(zip);
            Files.delete(folder.resolve("fast.report.json"));
            Files.delete(folder);
            return bytes;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Prepared images of {@link #SPEC}: {@code [count, 3, 32, 32]}. */
  public static float[] tensor(int count, long seed) {
    return tensor(count, 32, seed);
  }

  /** {@code [count, 3, side, side]}. */
  public static float[] tensor(int count, int side, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count * 3 * side * side];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** A PNG of noise. */
  public static byte[] png(int width, int height, long seed) {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.nextInt(1 << 24));
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
