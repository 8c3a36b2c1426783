package io.github.repvgg4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.answer.AnswerFunction;
import io.github.repvgg4j.archive.JsonTree;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Answers without ND4J are ND4J's. */
class PlainAnswersTest {

  private static final double[] LOGITS = {
    -40, -7.5, -3, -1.3, -0.9, -0.2, 0, 0.1, 0.7, 1.2, 2.6, 6.5, 9, 33
  };

  private static Optional<AnswerFunction> plain(IActivation activation) throws Exception {
    String json = NeuralNetConfiguration.mapper().writeValueAsString(activation);
    return AnswerFunction.read(JsonTree.read(json.getBytes(StandardCharsets.UTF_8)));
  }

  private static void check(IActivation activation) throws Exception {
    INDArray row = Nd4j.createFromArray(new double[][] {LOGITS});
    double[] expected = activation.getActivation(row, false).toDoubleVector();
    double[] actual = plain(activation).orElseThrow().of(LOGITS);
    for (int i = 0; i < expected.length; i++) {
      double tolerance = 1e-7 * Math.max(1, Math.abs(expected[i]));
      assertThat(actual[i])
          .as("%s of %s", activation, LOGITS[i])
          .isCloseTo(expected[i], Offset.offset(tolerance));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Activation.class,
      names = {
        "IDENTITY",
        "SIGMOID",
        "HARDSIGMOID",
        "SOFTMAX",
        "TANH",
        "HARDTANH",
        "RECTIFIEDTANH",
        "RELU",
        "RELU6",
        "LEAKYRELU",
        "ELU",
        "SELU",
        "SOFTPLUS",
        "SOFTSIGN",
        "SWISH",
        "MISH",
        "CUBE"
      })
  void eachFunction(Activation activation) throws Exception {
    check(activation.getActivationFunction());
  }

  @Test
  void numbersOfAFunctionAreRead() throws Exception {
    check(new ActivationLReLU(0.3));
    check(new ActivationELU(1.7));
    check(new ActivationReLU(null, null, 0.25));
  }

  @Test
  void whatItDoesNotKnowIsLeftToNd4j() throws Exception {
    assertThat(plain(new ActivationReLU(3.0, 0.0, 0.0))).isEmpty();
    assertThat(plain(Activation.GELU.getActivationFunction())).isEmpty();
    assertThat(
            AnswerFunction.read(
                JsonTree.read("{\"@class\":\"evil.Softmax\"}".getBytes(StandardCharsets.UTF_8))))
        .isEmpty();
  }

  @Test
  void largeLogitsDoNotOverflow() throws Exception {
    double[] answers =
        plain(Activation.SOFTMAX.getActivationFunction())
            .orElseThrow()
            .of(new double[] {1e5, 0, -1e5});
    assertThat(answers).containsExactly(1, 0, 0);
  }
}
