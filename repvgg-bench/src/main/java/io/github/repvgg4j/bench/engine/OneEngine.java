package io.github.repvgg4j.bench.engine;

import io.github.repvgg4j.accelerate.AccelerationMode;
import io.github.repvgg4j.accelerate.Accelerator;
import io.github.repvgg4j.bench.measure.Machine;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggVariant;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The inside of {@link EngineProcess}: opens a model's file, answers two batches, prints what that
 * took. An engine loads no more than its user would load. The fast runtime has {@link FastService}.
 */
final class OneEngine {

  private OneEngine() {}

  public static void main(String[] arguments) throws IOException {
    EngineProcess task = EngineProcess.ofArguments(arguments);
    Runnable answer = open(task);
    answer.run();
    double millis =
        System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    answer.run();
    System.out.println(new EngineProcess.Measured(millis, Machine.peakResidentMb()).line());
    Runtime.getRuntime().halt(0); // what follows is not the engine's
  }

  private static Runnable open(EngineProcess task) throws IOException {
    return switch (task.engine()) {
      case Engines.ONNX ->
          OnnxContender.open(task.precision(), task.form(), task.file(), images(task), shape(task))
              ::run;
      case Engines.PYTORCH ->
          PyTorchContender.open(
                  task.form(),
                  RepVggVariant.of(task.variant()).spec(1000, InputShape.square(task.resolution())),
                  task.file(),
                  images(task),
                  shape(task))
              ::run;
      default -> dl4j(task);
    };
  }

  private static Runnable dl4j(EngineProcess task) throws IOException {
    var network = ModelZip.load(task.file()).network();
    Accelerator.enable(
        network,
        task.engine().equals(Engines.DL4J_STOCK) ? AccelerationMode.OFF : AccelerationMode.REQUIRE);
    INDArray images = Nd4j.zeros(DataType.FLOAT, shape(task));
    return () -> Logits.of(network, images).close();
  }

  private static FloatBuffer images(EngineProcess task) {
    long numbers = 1;
    for (long side : shape(task)) {
      numbers *= side;
    }
    return DirectFloats.zeros(numbers);
  }

  private static long[] shape(EngineProcess task) {
    return new long[] {task.batch(), 3, task.resolution(), task.resolution()};
  }
}
