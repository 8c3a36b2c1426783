package io.github.repvgg4j.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.github.repvgg4j.archive.ModelZip;
import io.github.repvgg4j.backend.Accelerator;
import io.github.repvgg4j.deploy.onnx.OnnxExport;
import io.github.repvgg4j.deploy.runtime.FastNetwork;
import io.github.repvgg4j.deploy.runtime.Precision;
import io.github.repvgg4j.deploy.runtime.RuntimeOptions;
import io.github.repvgg4j.model.InputShape;
import io.github.repvgg4j.model.Logits;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A process that loads a model, answers once and prints the milliseconds since the JVM's start and
 * its peak memory. Arguments: engine, file, side of the image.
 */
final class FirstAnswer {

  private FirstAnswer() {}

  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[1]);
    int side = Integer.parseInt(arguments[2]);
    switch (arguments[0]) {
      case "fast-checked" -> fast(file, side, RuntimeOptions.SelfCheck.AGAINST_DL4J);
      case "fast-unchecked" -> fast(file, side, RuntimeOptions.SelfCheck.SKIP);
      case "dl4j-accelerated" -> dl4j(file, side);
      case "onnxruntime" -> onnx(file, side);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    long start = ManagementFactory.getRuntimeMXBean().getStartTime();
    System.out.println(
        "first-answer " + (System.currentTimeMillis() - start) + " " + Machine.peakResidentMb());
    Runtime.getRuntime().halt(0); // what follows is not the first answer's
  }

  private static void fast(Path file, int side, RuntimeOptions.SelfCheck check) throws Exception {
    RuntimeOptions options = RuntimeOptions.of(Precision.FP32).selfCheck(check);
    try (FastNetwork network = FastNetwork.load(file, options)) {
      network.logits(image(side), 1, InputShape.square(side), direct(1000));
    }
  }

  private static void dl4j(Path file, int side) throws Exception {
    var network = ModelZip.load(file).network();
    Accelerator.enable(network);
    Logits.of(network, Nd4j.zeros(DataType.FLOAT, 1, 3, side, side));
  }

  private static void onnx(Path file, int side) throws Exception {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString());
        OnnxTensor tensor =
            OnnxTensor.createTensor(environment, image(side), new long[] {1, 3, side, side})) {
      session.run(Map.of(OnnxExport.INPUT, tensor)).close();
    }
  }

  private static FloatBuffer image(int side) {
    return direct(3 * side * side);
  }

  private static FloatBuffer direct(int numbers) {
    return ByteBuffer.allocateDirect(numbers * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }
}
