package io.github.repvgg4j.deploy.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs an ONNX file in ONNX Runtime on the CPU. */
public final class OnnxRuntime {

  private OnnxRuntime() {}

  static INDArray run(Path file, INDArray input) throws OrtException {
    return runAll(file, input).get(0);
  }

  /** All outputs, in the file's order; inputs are given in the file's order. */
  public static List<INDArray> runAll(Path file, INDArray... inputs) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString())) {
      Map<String, OnnxTensor> tensors = new HashMap<>();
      List<String> names = List.copyOf(session.getInputNames());
      for (int i = 0; i < inputs.length; i++) {
        float[] numbers = inputs[i].dup('c').data().asFloat();
        tensors.put(
            names.get(i),
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(numbers), inputs[i].shape()));
      }
      try (OrtSession.Result result = session.run(tensors)) {
        List<INDArray> outputs = new ArrayList<>();
        result.forEach(entry -> outputs.add(array((OnnxTensor) entry.getValue())));
        return outputs;
      } finally {
        tensors.values().forEach(OnnxTensor::close);
      }
    }
  }

  private static INDArray array(OnnxTensor tensor) {
    float[] numbers = new float[tensor.getFloatBuffer().remaining()];
    tensor.getFloatBuffer().get(numbers);
    return Nd4j.createFromArray(numbers).reshape('c', tensor.getInfo().getShape());
  }

  /** The declared shapes of the outputs, by name; -1 for an axis of open size. */
  static Map<String, long[]> outputShapes(Path file) throws OrtException {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString())) {
      session
          .getOutputInfo()
          .forEach((name, info) -> shapes.put(name, ((TensorInfo) info.getInfo()).getShape()));
    }
    return shapes;
  }

  static Map<String, String> metadata(Path file) throws OrtException {
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString())) {
      return session.getMetadata().getCustomMetadata();
    }
  }
}
