package io.github.repvgg4j.cuda.chain;

import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.cuda.CudaDevices;
import io.github.repvgg4j.cuda.chain.DeviceTrainer.Acceleration;
import io.github.repvgg4j.cuda.device.AlgorithmChoice;
import io.github.repvgg4j.cuda.device.ConvolutionOptions;
import io.github.repvgg4j.cuda.device.ConvolutionOptions.Product;
import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.reference.JavaDevice;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import java.util.List;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.SizeTPointer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A program: gradients and steps of the device that {@link CudaDevices} finds beside those of the
 * Java device, one relative difference a line, then the bytes that the former has not freed.
 */
public final class TwoDevices {

  private static final int STEPS = 6;

  private TwoDevices() {}

  public static void main(String[] arguments) throws Exception {
    System.out.println("device " + CudaDevices.describe());
    long before = free();
    for (NumberFormat format : NumberFormat.values()) {
      for (int groups : new int[] {1, 2}) {
        ConvolutionOptions options = new ConvolutionOptions(format, Product.FULL);
        ComputationGraph graph =
            Networks.graph(
                Networks.SPEC.withBlockOptions(new BlockOptions(groups, false)), DataType.FLOAT);
        INDArray found;
        INDArray steps;
        try (CudaDevice device = CudaDevices.open(AlgorithmChoice.DETERMINISTIC)) {
          found = gradient(device, graph, options);
          steps = train(device, graph, options);
        }
        try (CudaDevice device = new JavaDevice()) {
          print("gradient", format, groups, found, gradient(device, graph, options));
          print("steps", format, groups, steps, train(device, graph, options));
        }
      }
    }
    System.out.println("leak " + (before - free()));
  }

  private static void print(
      String what, NumberFormat format, int groups, INDArray found, INDArray expected) {
    double difference = Networks.relative(found, expected);
    System.out.println(what + " " + format + " " + groups + " " + difference);
  }

  private static INDArray gradient(
      CudaDevice device, ComputationGraph graph, ConvolutionOptions options) throws Exception {
    try (CudaChain chain = CudaChain.of(device, graph, options, norm -> false)) {
      chain.compute(Networks.features(3, 12), Networks.softTargets(3));
      return chain.gradient();
    }
  }

  /** Parameters, momentum and average side by side. */
  private static INDArray train(
      CudaDevice device, ComputationGraph graph, ConvolutionOptions options) throws Exception {
    CudaChain chain = CudaChain.of(device, graph, options, n -> n.name().endsWith("identity.bn"));
    DeviceTrainer.Recipe recipe =
        new DeviceTrainer.Recipe(0.9, Acceleration.NESTEROV, 1e-2, 0.5, 2, 0.9, 0.3);
    try (DeviceTrainer trainer = new DeviceTrainer(chain, Floats.values(graph.params()), recipe)) {
      for (int i = 0; i < STEPS; i++) {
        INDArray features = Networks.features(3, 12).muli(1 + 0.1 * i);
        trainer.stage(
            Floats.values(features), features.shape(), Floats.values(Networks.softTargets(3)));
        trainer.step(0.05);
      }
      List<float[]> state = trainer.state();
      INDArray[] arrays = new INDArray[state.size()];
      for (int i = 0; i < arrays.length; i++) {
        arrays[i] = Floats.array(state.get(i), 1, state.get(i).length);
      }
      return Nd4j.hstack(arrays);
    }
  }

  private static long free() {
    try (SizeTPointer free = new SizeTPointer(1);
        SizeTPointer total = new SizeTPointer(1)) {
      cudart.cudaMemGetInfo(free, total);
      return free.get();
    }
  }
}
