package io.github.repvgg4j.accelerate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.accelerate.chain.ChainNode.Slice;
import java.io.IOException;
import java.io.InputStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** The losses of both training paths against PyTorch's, by repvgg-train's loss_fixtures.py. */
class HeadLossTest {

  private static final JsonNode TORCH = read();
  private static final int FEATURES = 4;
  private static final int CLASSES = 3;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "weighted",
        "weightedSmoothed",
        "weightedMixed",
        "binary",
        "binarySmoothed",
        "binaryFarOut"
      })
  void chainsLossAndGradientArePyTorchs(String name) {
    JsonNode expected = TORCH.path(name);
    INDArray flat = Nd4j.create(DataType.FLOAT, 1, FEATURES * CLASSES + CLASSES);
    Slice matrix = new Slice(0, FEATURES * CLASSES);
    Slice bias = new Slice(FEATURES * CLASSES, CLASSES);
    INDArray gradient = flat.dup();
    HeadLoss loss =
        name.startsWith("binary")
            ? new HeadLoss.BinaryCrossEntropy()
            : new HeadLoss.WeightedCrossEntropy(
                row(TORCH.path("weights")).castTo(DataType.FLOAT).reshape(1, CLASSES));
    ChainNode.Head head =
        new ChainNode.Head("linear", "pool", FEATURES, CLASSES, matrix, bias, loss);
    Ranges.of(flat, matrix)
        .reshape('f', FEATURES, CLASSES)
        .assign(matrix(expected.path("weight")).castTo(DataType.FLOAT));
    Ranges.of(flat, bias).assign(row(expected.path("bias")).castTo(DataType.FLOAT));
    INDArray targets = matrix(expected.path("targets")).castTo(DataType.FLOAT);
    Classifier classifier = new Classifier(head, targets.size(0), flat, gradient);
    classifier.features().assign(matrix(expected.path("features")));

    double found = classifier.run(targets, Distillation.NONE);

    double limit = name.equals("binaryFarOut") ? 2e-4 : 1e-5;
    assertThat(found).isCloseTo(expected.path("loss").asDouble(), within(limit));
    check(
        Ranges.of(gradient, matrix).reshape('f', FEATURES, CLASSES),
        matrix(expected.path("weightGradient")),
        limit);
    check(Ranges.of(gradient, bias), row(expected.path("biasGradient")), limit);
  }

  /** In float64, so that whatever else differs would be seen. */
  @ParameterizedTest
  @CsvSource({
    "weighted",
    "weightedSmoothed",
    "weightedMixed",
    "binary",
    "binarySmoothed",
  })
  void deeplearning4jsOwnPathHasTheSameLossAndGradient(String name) {
    JsonNode expected = TORCH.path(name);
    boolean binary = name.startsWith("binary");
    ComputationGraph graph =
        graph(
            binary
                ? new LossBinaryXENT()
                : new LossMCXENT(row(TORCH.path("weights")).reshape(1, CLASSES)),
            binary ? Activation.SIGMOID : Activation.SOFTMAX);
    graph.getLayer("out").getParam("W").assign(matrix(expected.path("weight")));
    graph.getLayer("out").getParam("b").assign(row(expected.path("bias")));
    graph.setInputs(matrix(expected.path("features")));
    graph.setLabels(matrix(expected.path("targets")));
    graph.computeGradientAndScore();
    assertThat(graph.score()).isCloseTo(expected.path("loss").asDouble(), within(1e-12));
    INDArray gradient = graph.gradient().getGradientFor("out_W");
    check(gradient, matrix(expected.path("weightGradient")), 1e-12);
    check(
        graph.gradient().getGradientFor("out_b"),
        row(expected.path("biasGradient")).reshape(1, CLASSES),
        1e-12);
  }

  private static ComputationGraph graph(ILossFunction loss, Activation activation) {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                    "out",
                    new OutputLayer.Builder(loss)
                        .nIn(FEATURES)
                        .nOut(CLASSES)
                        .activation(activation)
                        .build(),
                    "in")
                .setOutputs("out")
                .build());
    graph.init();
    return graph;
  }

  private static void check(INDArray found, INDArray expected, double limit) {
    INDArray difference = found.castTo(DataType.DOUBLE).sub(expected.reshape(found.shape()));
    double scale = Math.max(1, expected.amaxNumber().doubleValue());
    assertThat(difference.amaxNumber().doubleValue()).isLessThan(limit * scale);
  }

  private static INDArray matrix(JsonNode rows) {
    double[][] values = new double[rows.size()][];
    for (int i = 0; i < values.length; i++) {
      values[i] = row(rows.get(i)).toDoubleVector();
    }
    return Nd4j.createFromArray(values);
  }

  private static INDArray row(JsonNode numbers) {
    double[] values = new double[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i).asDouble();
    }
    return Nd4j.createFromArray(values);
  }

  private static JsonNode read() {
    try (InputStream in = HeadLossTest.class.getResourceAsStream("/torch/losses.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
