package io.github.repvgg4j.deploy;

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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Small networks for tests of the commands. */
public final class Models {

  public static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 2, 1, 1), List.of(4, 8, 8, 12, 16), 3, InputShape.square(32));

  public static final List<String> LABELS = List.of("cat", "dog", "owl");

  private Models() {}

  /** Seeded weights and randomised BatchNorm statistics. */
  public static ComputationGraph training() {
    ComputationGraph graph = RepVggGraphs.build(SPEC, GraphOptions.withSeed(11));
    RandomStatistics.fill(graph, 12);
    return graph;
  }

  /** The training form as a run leaves it. */
  public static Path trainingZip(Path target) throws IOException {
    return trainingZip(training(), target);
  }

  /** Likewise of a network like {@link #training}. */
  public static Path trainingZip(ComputationGraph graph, Path target) throws IOException {
    ModelMetadata metadata =
        ModelMetadata.of(Form.TRAINING, SPEC)
            .withLabels(LABELS)
            .withPreprocessing(Preprocessing.IMAGENET)
            .withProvenance("seed", "11");
    ModelZipWriter.of(graph, metadata).withUpdaterState().write(target);
    return target;
  }

  /** The fast form of {@link #trainingZip}, made by the converter, without timings. */
  public static Path fastZip(Path folder) throws IOException {
    Path training = trainingZip(folder.resolve("model.zip"));
    Converter.convert(
        training,
        ConvertOptions.DEFAULT.withComparison(
            Comparison.DEFAULT.withImages(4).withLatencyRounds(0)));
    return folder.resolve("fast.zip");
  }

  /** Four training images and four test images of each class, without meaning. */
  public static Path dataSet(Path folder) throws IOException {
    for (String part : List.of("train", "test")) {
      for (int c = 0; c < LABELS.size(); c++) {
        for (int i = 0; i < 4; i++) {
          Path image = folder.resolve(part).resolve(LABELS.get(c)).resolve(i + ".png");
          image(image, 0x3f5f7f << c, (part.equals("test") ? 50 : 0) + 4L * c + i);
        }
      }
    }
    return folder;
  }

  /** A photo-like PNG: a disc of one colour on noise. */
  public static Path image(Path target, int rgb, long seed) throws IOException {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(48, 40, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 40; y++) {
      for (int x = 0; x < 48; x++) {
        boolean disc = (x - 24) * (x - 24) + (y - 20) * (y - 20) < 200;
        image.setRGB(x, y, disc ? rgb : random.nextInt(1 << 24));
      }
    }
    Files.createDirectories(target.getParent());
    ImageIO.write(image, "png", target.toFile());
    return target;
  }
}
