package io.github.repvgg4j.bench.engine;

import static io.github.repvgg4j.bench.measure.ArithmeticPeak.Type.FP32;
import static io.github.repvgg4j.bench.measure.ArithmeticPeak.Type.INT8;

import io.github.repvgg4j.bench.engine.Workload.Form;
import io.github.repvgg4j.bench.measure.ArithmeticPeak;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The engines by their names in options and tables. */
public final class Engines {

  /** Deeplearning4j as released. */
  public static final String DL4J_STOCK = "dl4j-stock";

  /** Deeplearning4j with this project's layer helpers. */
  public static final String DL4J_ACCELERATED = "dl4j-accelerated";

  /** This project's fast runtime. */
  public static final String FAST = "fast-runtime";

  /** The same without Winograd's kernels. */
  public static final String FAST_DIRECT = "fast-runtime-direct";

  /** The fast runtime with its self-check, in a process of its own only. */
  public static final String FAST_CHECKED = "fast-runtime-checked";

  /** ONNX Runtime. */
  public static final String ONNX = "onnxruntime";

  /** PyTorch through DJL. */
  public static final String PYTORCH = "pytorch";

  /** OpenVINO from Python, in a process of its own. */
  public static final String OPENVINO = "openvino";

  /** Those that stand side by side. */
  public static final List<String> ALL =
      List.of(DL4J_STOCK, DL4J_ACCELERATED, FAST, FAST_DIRECT, ONNX, OPENVINO, PYTORCH);

  private Engines() {}

  /** An engine of this process other than the fast runtime with one form of a network. */
  public static Contender open(
      String engine, Form form, Workload workload, ModelFiles files, INDArray images) {
    return switch (engine) {
      case DL4J_STOCK, DL4J_ACCELERATED -> Dl4jContender.open(engine, form, workload, images);
      case ONNX ->
          OnnxContender.open(
              FP32, form, files.file(engine, form, FP32), DirectFloats.of(images), images.shape());
      case PYTORCH ->
          PyTorchContender.open(
              form,
              workload.spec(),
              files.file(engine, form, FP32),
              DirectFloats.of(images),
              images.shape());
      default -> throw new IllegalArgumentException("no engine '" + engine + "'; " + ALL);
    };
  }

  /**
   * The fast runtime, which has the fused form only.
   *
   * @param threads 0 for its default
   */
  public static Contender fast(
      ArithmeticPeak.Type precision, int threads, Workload workload, INDArray images) {
    return FastContender.open(FAST, precision, threads, workload, images);
  }

  /** The same without Winograd's kernels, in float32. */
  public static Contender fastDirect(Workload workload, INDArray images) {
    return FastContender.open(FAST_DIRECT, ArithmeticPeak.Type.FP32, 0, workload, images);
  }

  /** The fast runtime in integers. */
  public static Contender fastIntegers(ModelFiles files, INDArray images) throws IOException {
    return FastContender.ofIntegers(files.file(FAST, Form.FUSED, INT8), images);
  }

  /** ONNX Runtime in integers. */
  public static Contender onnxIntegers(ModelFiles files, INDArray images) {
    return OnnxContender.open(
        INT8,
        Form.FUSED,
        files.file(ONNX, Form.FUSED, INT8),
        DirectFloats.of(images),
        images.shape());
  }

  /**
   * OpenVINO, with one form of a network.
   *
   * @throws IOException why there is nothing to measure beside, one line
   */
  public static Contender openVino(
      Path python, ArithmeticPeak.Type precision, Form form, ModelFiles files, INDArray images)
      throws IOException {
    return OpenVinoContender.open(
        python,
        precision,
        form,
        files.file(OPENVINO, form, precision),
        DirectFloats.of(images),
        images.shape(),
        files.folder());
  }
}
