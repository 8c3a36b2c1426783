package io.github.repvgg4j.cuda.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.repvgg4j.accelerate.chain.ChainCheck;
import io.github.repvgg4j.accelerate.chain.ChainUnsupportedException;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.cuda.CudaDevices;
import io.github.repvgg4j.cuda.chain.DeviceTrainer.Acceleration;
import io.github.repvgg4j.cuda.device.AlgorithmChoice;
import io.github.repvgg4j.cuda.device.ConvolutionOptions;
import io.github.repvgg4j.cuda.device.ConvolutionOptions.Product;
import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.cuda.device.CudaException;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.reference.JavaDevice;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.spec.RepVggVariant;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** On a card: {@code mvn -Pcuda12,proofs verify -Dgroups=cuda}. */
@Tag("cuda")
@Tag("proof")
class CardTest {

  private static final int STEPS = 20;

  private CudaDevice card;

  @BeforeEach
  void open() {
    try {
      card = CudaDevices.open(AlgorithmChoice.DETERMINISTIC);
    } catch (CudaException e) {
      assumeTrue(false, e.getMessage());
    }
    System.out.println(card.description());
  }

  @AfterEach
  void close() {
    if (card != null) {
      card.close();
    }
  }

  /** The limits are what rounding explains; the figures are printed. */
  @ParameterizedTest
  @CsvSource({
    "FLOAT32, FULL, 1, 1e-5",
    "FLOAT32, FULL, 2, 1e-5",
    "FLOAT32, TF32, 1, 0.05",
    "BFLOAT16, FULL, 1, 0.3"
  })
  void gradientIsThatOfDeeplearning4jInFloat64(
      NumberFormat format, Product product, int groups, double limit)
      throws ChainUnsupportedException {
    var spec = Networks.SPEC.withBlockOptions(new BlockOptions(groups, false));
    ComputationGraph graph = Networks.graph(spec, DataType.FLOAT);
    ComputationGraph exact = Networks.graph(spec, DataType.DOUBLE);
    exact.setParams(graph.params().castTo(DataType.DOUBLE));
    INDArray features = Networks.features(8, 12);
    exact.setInputs(features.castTo(DataType.DOUBLE));
    exact.setLabels(Networks.softTargets(8).castTo(DataType.DOUBLE));
    exact.computeGradientAndScore();
    INDArray expected = exact.getGradientsViewArray().reshape(1, exact.numParams());
    try (CudaChain chain =
        CudaChain.of(card, graph, new ConvolutionOptions(format, product), norm -> false)) {
      chain.compute(features, Networks.softTargets(8));
      double difference = Networks.relative(chain.gradient(), expected);
      System.out.printf(
          Locale.ROOT, "%s %s groups %d: %.1e%n", format, product, groups, difference);
      assertThat(difference).isLessThan(limit);
    }
  }

  @Test
  void stepsAreThoseOfTheJavaDevice() throws ChainUnsupportedException {
    ConvolutionOptions full = new ConvolutionOptions(NumberFormat.FLOAT32, Product.FULL);
    float[] expected;
    try (JavaDevice java = new JavaDevice()) {
      expected = train(java, full).get(0);
    }
    float[] found = train(card, full).get(0);
    double difference =
        Networks.relative(
            Floats.array(found, 1, found.length), Floats.array(expected, 1, expected.length));
    System.out.println(STEPS + " steps: " + difference);
    assertThat(difference).isLessThan(1e-4);
  }

  @ParameterizedTest
  @EnumSource
  void sameSeedSameBits(NumberFormat format) throws ChainUnsupportedException {
    ConvolutionOptions options = new ConvolutionOptions(format, Product.TF32);
    List<float[]> first = train(card, options);
    List<float[]> second = train(card, options);
    for (int i = 0; i < first.size(); i++) {
      assertThat(second.get(i)).containsExactly(first.get(i));
    }
  }

  /** As before each training; prints what the networks of the benchmark differ by. */
  @ParameterizedTest
  @CsvSource({"A0, FLOAT32", "A0, BFLOAT16", "B1, FLOAT32", "B1, BFLOAT16"})
  void publishedNetworksPassTheCheck(RepVggVariant variant, NumberFormat format)
      throws ChainUnsupportedException {
    ComputationGraph graph =
        RepVggGraphs.build(variant.spec(1000, InputShape.square(64)), GraphOptions.withSeed(1));
    ConvolutionOptions options = new ConvolutionOptions(format, Product.TF32);
    try (CudaChain chain = CudaChain.of(card, graph, options, norm -> false)) {
      double difference = ChainCheck.requireAgreement(graph, chain, ChainCheck.BF16, 64, 64);
      System.out.println(
          variant + " " + format + ": " + difference + ", " + (chain.bytes() >> 20) + " MB");
    }
  }

  private static List<float[]> train(CudaDevice device, ConvolutionOptions options)
      throws ChainUnsupportedException {
    ComputationGraph graph = Networks.graph(Networks.SPEC, DataType.FLOAT);
    CudaChain chain = CudaChain.of(device, graph, options, n -> n.name().endsWith("identity.bn"));
    DeviceTrainer.Recipe recipe =
        new DeviceTrainer.Recipe(0.9, Acceleration.NESTEROV, 1e-4, 0, 1, 0.99, 1);
    try (DeviceTrainer trainer = new DeviceTrainer(chain, Floats.values(graph.params()), recipe)) {
      for (int i = 0; i < STEPS; i++) {
        INDArray features = Networks.features(4, 12).muli(1 + 0.1 * i);
        trainer.stage(
            Floats.values(features), features.shape(), Floats.values(Networks.softTargets(4)));
        trainer.step(0.02);
      }
      return trainer.state();
    }
  }
}
