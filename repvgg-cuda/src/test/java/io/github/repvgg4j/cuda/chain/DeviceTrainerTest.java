package io.github.repvgg4j.cuda.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.accelerate.chain.ChainUnsupportedException;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.cuda.chain.DeviceTrainer.Acceleration;
import io.github.repvgg4j.cuda.device.ConvolutionOptions;
import io.github.repvgg4j.cuda.device.ConvolutionOptions.Product;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.reference.JavaDevice;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Steps on the Java device; that they are PyTorch's is the matter of repvgg-train's tests. */
class DeviceTrainerTest {

  private static final int IMAGES = 3;
  private static final DeviceTrainer.Recipe RECIPE =
      new DeviceTrainer.Recipe(0.9, Acceleration.NESTEROV, 1e-3, 5, 1, 0.9, 0.5);

  private final ComputationGraph graph = Networks.graph(Networks.SPEC, DataType.FLOAT);

  @ParameterizedTest
  @EnumSource
  void aRunThatGoesOnHasTheSameBits(NumberFormat format) throws ChainUnsupportedException {
    List<float[]> whole;
    List<float[]> half;
    try (JavaDevice device = new JavaDevice();
        DeviceTrainer trainer = trainer(device, format, RECIPE)) {
      steps(trainer, 0, 3);
      half = trainer.state();
      steps(trainer, 3, 6);
      whole = trainer.state();
    }
    assertThat(whole).hasSize(3);
    try (JavaDevice device = new JavaDevice();
        DeviceTrainer trainer = trainer(device, format, RECIPE)) {
      steps(trainer, 7, 8); // of no consequence
      trainer.restore(half);
      steps(trainer, 3, 6);
      for (int i = 0; i < whole.size(); i++) {
        assertThat(trainer.state().get(i)).containsExactly(whole.get(i));
      }
    }
  }

  @Test
  void batchesStagedAheadChangeNoBit() throws ChainUnsupportedException {
    float[] one;
    try (JavaDevice device = new JavaDevice();
        DeviceTrainer trainer = trainer(device, NumberFormat.FLOAT32, RECIPE)) {
      steps(trainer, 0, 5);
      one = trainer.state().get(0);
    }
    try (JavaDevice device = new JavaDevice();
        DeviceTrainer trainer = trainer(device, NumberFormat.FLOAT32, RECIPE)) {
      int staged = 0;
      for (int i = 0; i < 5; i++) {
        while (staged < 5 && trainer.room() > 0) {
          stage(trainer, staged++);
        }
        trainer.step(0.05);
      }
      assertThat(staged).isEqualTo(5);
      assertThat(trainer.state().get(0)).containsExactly(one);
    }
  }

  @Test
  void aLossThatIsNotFiniteLeavesParametersAsTheyWere() throws ChainUnsupportedException {
    try (JavaDevice device = new JavaDevice();
        DeviceTrainer trainer = trainer(device, NumberFormat.FLOAT32, RECIPE)) {
      float[] before = trainer.state().get(0);
      float[] images = Floats.values(Networks.features(IMAGES, 12));
      images[7] = Float.POSITIVE_INFINITY;
      trainer.stage(
          images, new long[] {IMAGES, 3, 12, 12}, Floats.values(Networks.softTargets(IMAGES)));
      assertThat(trainer.step(0.1)).isNaN();
      assertThat(trainer.state().get(0)).containsExactly(before);
    }
  }

  @Test
  void nothingIsLeftOnTheDevice() throws ChainUnsupportedException {
    JavaDevice device = new JavaDevice();
    DeviceTrainer trainer = trainer(device, NumberFormat.BFLOAT16, RECIPE);
    steps(trainer, 0, 1);
    stage(trainer, 1);
    trainer.close();
    assertThat(device.open()).isZero();
    device.close();
  }

  private DeviceTrainer trainer(JavaDevice device, NumberFormat format, DeviceTrainer.Recipe recipe)
      throws ChainUnsupportedException {
    ConvolutionOptions options = new ConvolutionOptions(format, Product.FULL);
    CudaChain chain = CudaChain.of(device, graph, options, n -> n.name().endsWith("identity.bn"));
    return new DeviceTrainer(chain, Floats.values(graph.params()), recipe);
  }

  private static void steps(DeviceTrainer trainer, int from, int to) {
    for (int i = from; i < to; i++) {
      stage(trainer, i);
      trainer.step(0.05);
    }
  }

  private static void stage(DeviceTrainer trainer, int number) {
    int side = number % 2 == 0 ? 12 : 8;
    INDArray features = Networks.features(IMAGES, side).muli(1 + 0.1 * number);
    trainer.stage(
        Floats.values(features), features.shape(), Floats.values(Networks.softTargets(IMAGES)));
  }
}
