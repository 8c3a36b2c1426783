package io.github.repvgg4j.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.testkit.Tolerance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A fast zip needs Deeplearning4j and nothing of this project. */
class StockOnlyTest {

  private static final String PROGRAM =
      """
      import java.io.File;
      import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
      import org.deeplearning4j.util.ModelSerializer;
      import org.nd4j.linalg.api.ndarray.INDArray;
      import org.nd4j.linalg.dataset.DataSet;
      import org.nd4j.linalg.factory.Nd4j;

      public class Serve {
        public static void main(String[] args) throws Exception {
          try {
            Class.forName("io.github.repvgg4j.spec.RepVggSpec");
            System.exit(7);
          } catch (ClassNotFoundException notOnTheClassPath) {
          }
          File zip = new File(args[0]);
          MultiLayerNetwork network = ModelSerializer.restoreMultiLayerNetwork(zip);
          INDArray pixels = Nd4j.createFromNpyFile(new File(args[1]));
          DataSet data = new DataSet(pixels, Nd4j.zeros(pixels.size(0), 3));
          ModelSerializer.restoreNormalizerFromFile(zip).transform(data);
          Nd4j.writeAsNumpy(network.output(data.getFeatures()), new File(args[2]));
        }
      }
      """;

  @TempDir Path folder;

  @Test
  void programWithoutThisLibraryLoadsAFastZipAndGivesTheSameAnswers() throws Exception {
    Path fast = Models.fastZip(folder);
    INDArray pixels = Nd4j.rand(DataType.FLOAT, 4, 3, 32, 32).muli(255);
    Path input = folder.resolve("x.npy");
    Nd4j.writeAsNumpy(pixels, input.toFile());
    Path output = folder.resolve("y.npy");
    Path program = Files.writeString(folder.resolve("Serve.java"), PROGRAM);
    OtherJvm run =
        OtherJvm.run(
            folder,
            "",
            OtherJvm.classPath(entry -> !OtherJvm.isOurs(entry)),
            List.of(program.toString(), fast.toString(), input.toString(), output.toString()));
    assertThat(run.exitCode()).as(run.output()).isZero();
    INDArray expected = Models.training().outputSingle(normalised(pixels));
    Tolerance.FLOAT32.check(Nd4j.createFromNpyFile(output.toFile()), expected);
  }

  private static INDArray normalised(INDArray pixels) {
    INDArray scaled = pixels.div(255);
    double[] mean = {0.485, 0.456, 0.406};
    double[] std = {0.229, 0.224, 0.225};
    for (int n = 0; n < pixels.size(0); n++) {
      for (int c = 0; c < 3; c++) {
        scaled.slice(n).slice(c).subi(mean[c]).divi(std[c]);
      }
    }
    return scaled;
  }
}
