package io.github.repvgg4j.quickstart.device;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.repvgg4j.deploy.DeployMain;
import io.github.repvgg4j.train.TrainMain;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * All that a user does with a network, in the working folder: train, convert, verify, predict,
 * evaluate, infer, export, import, restore, fine-tune. What each says lies in {@code answers}.
 */
public final class Workflow {

  private static final Path ANSWERS = Path.of("answers");

  private static final String MODEL =
      """
      depths: [1, 1, 1, 1]
      widths: [8, 8, 8, 16, 16]
      strides: [1, 2, 2, 1, 1]
      input: [3, 16, 16]
      groups: 2
      """;

  private static final String NEW =
      """
      data: {path: images, generated: {trainPerClass: 48, testPerClass: 4, side: 16}}
      training:
        epochs: 5
        batchSize: 16
        learningRate: 0.1
        emaDecay: 0.9
        testTimeAveraging: flip
      output: {folder: run}
      """;

  private static final String FURTHER =
      """
      data: {path: images}
      training:
        epochs: 2
        batchSize: 16
        learningRate: 0.1
        fineTune: {from: run/model.zip, freezeStages: 2}
      output: {folder: tuned}
      """;

  private Workflow() {}

  public static void main(String[] arguments) throws IOException {
    Files.createDirectories(ANSWERS);
    Nd4j.writeAsNumpy(
        Nd4j.linspace(-2, 2, 6 * 3 * 16 * 16).reshape(6, 3, 16, 16).castTo(DataType.FLOAT),
        new java.io.File("x.npy"));
    train(NEW);
    deploy("convert", "run/model.zip", "--images", "40", "--keep-training-form");
    deploy("verify", "run/fast.zip", "--against", "run/model.zip");
    for (String form : new String[] {"run/model.zip", "run/fast.zip"}) {
      deploy("predict", form, "images/test", "--json");
      deploy("evaluate", form, "images", "--json");
    }
    deploy("predict", "run/fast.zip", "images/test", "--json", "--engine", "fast");
    deploy("infer", "run/model.zip", "--input", "x.npy", "--output", "answers/y.npy");
    deploy("export-weights", "run/model.zip", "-o", "answers/weights.safetensors");
    Path spec = Files.writeString(Path.of("spec.yaml"), MODEL);
    deploy(
        "import-weights",
        "answers/weights.safetensors",
        "--spec",
        spec.toString(),
        "-o",
        "imported.zip");
    deploy("predict", "imported.zip", "images/test", "--json");
    deploy("restore", "run/fast.zip", "-o", "restored.zip");
    deploy("predict", "restored.zip", "images/test", "--json");
    train(FURTHER);
    deploy("predict", "tuned/model.zip", "images/test", "--json");
    Files.writeString(ANSWERS.resolve("cudnn.txt"), helpersOfLibnd4j());
  }

  /**
   * Whether a convolution that allows libnd4j's helpers is kept from them: on the CPU they are
   * oneDNN, which refuses dilated kernels.
   */
  private static String helpersOfLibnd4j() {
    try (OpContext context = Nd4j.getExecutioner().buildContext()) {
      context.setInputArrays(Nd4j.ones(1, 2, 9, 9), Nd4j.ones(2, 2, 3, 3));
      context.setOutputArrays(Nd4j.zeros(1, 2, 5, 5));
      context.setIArguments(3, 3, 1, 1, 0, 0, 2, 2, 0, 0, 1);
      context.allowHelpers(true);
      Nd4j.exec(DynamicCustomOp.builder("conv2d").build(), context);
      return "not used";
    } catch (Exception e) {
      return "used: " + e.getMessage();
    }
  }

  private static void train(String job) throws IOException {
    String model = "model:\n" + MODEL.indent(2);
    Path file = Files.writeString(Path.of("job.yaml"), model + job);
    require(TrainMain.run(file.toString()), "train");
  }

  private static void deploy(String... arguments) throws IOException {
    String name = String.join(" ", arguments).replaceAll("[^\\w.-]+", "_") + ".txt";
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(ANSWERS.resolve(name), UTF_8))) {
      PrintWriter err = new PrintWriter(System.err, true, UTF_8);
      require(DeployMain.run(out, err, arguments), name);
    }
  }

  private static void require(int code, String what) {
    if (code != 0) {
      System.err.println(what + " ended with " + code);
      System.exit(code);
    }
  }
}
