package io.github.repvgg4j.spark;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.deploy.predict.OpenModel;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZip.LoadedModel;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.RandomStatistics;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Small networks and images for tests. */
public final class Fixtures {

  public static final List<String> CLASSES = List.of("blue", "green", "red");

  private Fixtures() {}

  public static RepVggSpec spec() {
    return RepVggSpec.of(
            List.of(1, 1, 1, 1),
            List.of(8, 8, 16, 16, 32),
            CLASSES.size(),
            new InputShape(3, 32, 32))
        .withStrides(List.of(1, 2, 2, 2, 2));
  }

  /** An untrained network with random BatchNorm statistics, as a zip. */
  public static Path writeModel(Path folder) throws IOException {
    ComputationGraph network = RepVggGraphs.build(spec(), GraphOptions.withSeed(7));
    RandomStatistics.fill(network, 11);
    Path zip = folder.resolve("model.zip");
    ModelZipWriter.of(
            network,
            ModelMetadata.of(Form.TRAINING, spec())
                .withLabels(CLASSES)
                .withPreprocessing(Preprocessing.IMAGENET))
        .write(zip);
    return zip;
  }

  /** The fused form of {@link #writeModel}'s network, as a zip. */
  public static Path writeFastModel(Path folder, Path model) throws IOException {
    LoadedModel loaded = ModelZip.load(model);
    Path zip = folder.resolve("fast.zip");
    ModelZipWriter.of(
            GraphFuser.fuse((ComputationGraph) loaded.network()).network(),
            loaded.metadata().withForm(Form.FAST))
        .write(zip);
    return zip;
  }

  /** {@code class/000.png}: noise around the colour of the class, 40 x 36 pixels. */
  public static Path writeImages(Path folder, int perClass) throws IOException {
    for (int c = 0; c < CLASSES.size(); c++) {
      Path target = Files.createDirectories(folder.resolve(CLASSES.get(c)));
      for (int i = 0; i < perClass; i++) {
        Random random = new Random(1000L * c + i);
        BufferedImage image = new BufferedImage(40, 36, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 36; y++) {
          for (int x = 0; x < 40; x++) {
            image.setRGB(x, y, random.nextInt(1 << 24) & 0x7f7f7f | 0x80 << (8 * c));
          }
        }
        ImageIO.write(image, "png", target.resolve(String.format("%03d.png", i)).toFile());
      }
    }
    return folder;
  }

  /** Probabilities by file name on this machine, by stock DL4J, one image at a time. */
  public static Map<String, float[]> predictHere(Path model, Path folder) throws IOException {
    LoadedModel loaded = ModelZip.load(model);
    ComputationGraph graph = (ComputationGraph) loaded.network();
    return predictHere(
        loaded.metadata(), folder, input -> graph.outputSingle(input).toFloatVector());
  }

  /** The same by the fast runtime. */
  public static Map<String, float[]> predictFastHere(Path fast, Precision precision, Path folder)
      throws IOException {
    try (OpenModel model = OpenModel.loadFast(fast, RuntimeOptions.of(precision))) {
      return predictHere(
          model.metadata(),
          folder,
          input -> Transforms.softmax(model.engine().logits(input)).toFloatVector());
    }
  }

  private static Map<String, float[]> predictHere(
      ModelMetadata metadata, Path folder, Function<INDArray, float[]> network) throws IOException {
    ImagePreprocessor preprocessor =
        new ImagePreprocessor(metadata.preprocessing().orElseThrow(), spec().input());
    Map<String, float[]> said = new TreeMap<>();
    try (var files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".png")).toList()) {
        said.put(
            file.toUri().getPath(),
            network.apply(
                Floats.array(preprocessor.apply(ImageReader.read(file)), preprocessor.shape(1))));
      }
    }
    return said;
  }
}
