package io.github.repvgg4j.deploy.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs an ONNX file in ONNX Runtime on the CPU. */
final class OnnxRuntime {

  private OnnxRuntime() {}

  static INDArray run(Path file, INDArray input) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString());
        OnnxTensor tensor =
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(input.dup('c').data().asFloat()), input.shape());
        OrtSession.Result result = session.run(Map.of(OnnxExport.INPUT, tensor))) {
      return Nd4j.createFromArray((float[][]) result.get(0).getValue());
    }
  }

  static Map<String, String> metadata(Path file) throws OrtException {
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString())) {
      return session.getMetadata().getCustomMetadata();
    }
  }
}
