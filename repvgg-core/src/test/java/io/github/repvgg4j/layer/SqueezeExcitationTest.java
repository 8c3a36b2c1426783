package io.github.repvgg4j.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.testkit.Tolerance;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class SqueezeExcitationTest {

  @Test
  void everyChannelIsScaledByItsGate() {
    Layer layer = randomised(DataType.DOUBLE).getLayer("layer");
    INDArray input = SmallGraphs.random(1, DataType.DOUBLE, 2, 8, 5, 4);
    INDArray output = layer.activate(input.dup('f'), false, LayerWorkspaceMgr.noWorkspaces());
    for (int n = 0; n < 2; n++) {
      double[] gate = gate(layer, input.slice(n));
      for (int c = 0; c < 8; c++) {
        Tolerance.FLOAT64.check(output.slice(n).slice(c), input.slice(n).slice(c).mul(gate[c]));
      }
    }
  }

  /** The formula by scalar loops. */
  private static double[] gate(Layer layer, INDArray image) {
    double[] hidden = new double[3];
    for (int r = 0; r < hidden.length; r++) {
      double sum = layer.getParam("downB").getDouble(r);
      for (int c = 0; c < 8; c++) {
        double mean = image.slice(c).sumNumber().doubleValue() / 20;
        sum += layer.getParam("downW").getDouble(r, c) * mean;
      }
      hidden[r] = Math.max(0, sum);
    }
    double[] gate = new double[8];
    for (int c = 0; c < 8; c++) {
      double sum = layer.getParam("upB").getDouble(c);
      for (int r = 0; r < hidden.length; r++) {
        sum += layer.getParam("upW").getDouble(c, r) * hidden[r];
      }
      gate[c] = 1 / (1 + Math.exp(-sum));
    }
    return gate;
  }

  @Test
  void gradientsEqualFiniteDifferences() {
    ComputationGraph graph = randomised(DataType.DOUBLE);
    double error = GradientCheck.largestRelativeError(graph, SmallGraphs.data(4, DataType.DOUBLE));
    System.out.printf("squeeze-and-excitation: relative error %.1e%n", error);
    assertThat(error).isLessThanOrEqualTo(1e-5);
  }

  @Test
  void modelZipGivesTheSameNetwork(@TempDir Path folder) throws IOException {
    ComputationGraph graph = randomised(DataType.FLOAT);
    File zip = folder.resolve("model.zip").toFile();
    ModelSerializer.writeModel(graph, zip, true);
    ComputationGraph restored = ModelSerializer.restoreComputationGraph(zip);
    INDArray input = SmallGraphs.data(3, DataType.FLOAT).getFeatures();
    assertThat(restored.getConfiguration()).isEqualTo(graph.getConfiguration());
    Tolerance.EXACT.check(restored.outputSingle(input), graph.outputSingle(input));
    Tolerance.EXACT.check(graph.clone().outputSingle(input), graph.outputSingle(input));
  }

  @Test
  void wrongInputsAreRefused() {
    assertThatThrownBy(() -> new SqueezeExcitation.Builder(0))
        .hasMessage("SqueezeExcitation: squeezed channels must be at least 1, got 0");
    assertThatThrownBy(
            () -> new SqueezeExcitation.Builder(2).build().setNIn(InputType.feedForward(4), true))
        .hasMessageContaining("needs images (InputType.convolutional)");
    Layer layer = randomised(DataType.FLOAT).getLayer("layer");
    INDArray wrong = SmallGraphs.random(1, DataType.FLOAT, 1, 4, 5, 5);
    assertThatThrownBy(() -> layer.activate(wrong, false, LayerWorkspaceMgr.noWorkspaces()))
        .hasMessageContaining("SqueezeExcitation \"layer\": needs input [N, 8, H, W]");
  }

  /** Biases start at zero, which would hide mistakes. */
  private static ComputationGraph randomised(DataType type) {
    ComputationGraph graph = SmallGraphs.around(new SqueezeExcitation.Builder(3).build(), type);
    Layer layer = graph.getLayer("layer");
    layer.setParam("downB", SmallGraphs.random(11, type, 3));
    layer.setParam("upB", SmallGraphs.random(12, type, 8));
    return graph;
  }
}
