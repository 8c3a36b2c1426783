package io.github.repvgg4j.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.bench.Workload.Form;
import io.github.repvgg4j.deploy.onnx.OnnxExport;
import io.github.repvgg4j.deploy.onnx.OnnxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** ONNX Runtime on the file that {@code export-onnx} writes, all graph optimisations on. */
record OnnxContender(Form form, OrtSession session, OnnxTensor images) implements Contender {

  static OnnxContender open(Form form, Workload workload, INDArray images) {
    try {
      Path file = Files.createTempFile("bench", ".onnx");
      try {
        OnnxExport.write(
            file,
            form == Form.FUSED ? workload.fused() : workload.threeBranch(),
            ModelMetadata.of(
                form == Form.FUSED ? ModelMetadata.Form.FAST : ModelMetadata.Form.TRAINING,
                workload.spec()),
            OnnxOptions.DEFAULT.withBatch(OnnxOptions.Batch.DYNAMIC));
        return open(form, file, images);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static OnnxContender open(Form form, Path file, INDArray images) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(Machine.threadsPerEngine());
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      OrtSession session = environment.createSession(file.toString(), options);
      FloatBuffer numbers =
          ByteBuffer.allocateDirect(Math.toIntExact(images.length() * Float.BYTES))
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      numbers.put(images.data().asFloat()).rewind();
      return new OnnxContender(
          form, session, OnnxTensor.createTensor(environment, numbers, images.shape()));
    }
  }

  @Override
  public String engine() {
    return "onnxruntime";
  }

  @Override
  public ArithmeticPeak.Type precision() {
    return ArithmeticPeak.Type.FP32;
  }

  @Override
  public float[] run() {
    try (OrtSession.Result result = session.run(Map.of(OnnxExport.INPUT, images))) {
      FloatBuffer logits = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] answer = new float[logits.remaining()];
      logits.get(answer);
      return answer;
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      images.close();
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
