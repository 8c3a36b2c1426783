package io.github.repvgg4j.bench.quantization;

import ai.onnxruntime.OnnxTensor;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.QuantizedModel;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.bench.engine.OnnxModel;
import io.github.repvgg4j.bench.measure.TempFolder;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.deploy.onnx.OnnxOptions;
import io.github.repvgg4j.deploy.onnx.QuantizedExport;
import io.github.repvgg4j.deploy.predict.LabelledImages;
import io.github.repvgg4j.deploy.quantize.gate.TestRun;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.graph.ConfigurationReader;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.source.NetworkParts;
import io.github.repvgg4j.runtime.source.ZipSource;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An INT8 zip in the fast runtime beside its QDQ file in ONNX Runtime, on the same images. ONNX's
 * integer convolutions give codes only; where the fast runtime's give float32, the two are not the
 * same network. So a third one is asked: the fast runtime, rounding where ONNX does. What is left
 * between that and ONNX Runtime is the order of float32's operations.
 *
 * @param asQuantised the zip as it is, and ONNX Runtime
 * @param roundedAlike the zip with the codes that ONNX takes, and ONNX Runtime
 * @param floatRight share of images that FP32 classes rightly
 * @param fastRight the same of the fast runtime
 * @param onnxRight the same of ONNX Runtime
 */
record OnnxAgreement(
    Agreement asQuantised,
    Agreement roundedAlike,
    double floatRight,
    double fastRight,
    double onnxRight) {

  /**
   * Asks all of them.
   *
   * @param int8Zip with its float32 weights
   * @param data whose test images are shown
   */
  static OnnxAgreement of(Path int8Zip, Path data) throws IOException {
    ModelMetadata metadata = ModelZip.readMetadata(int8Zip);
    InputShape input = metadata.spec().orElseThrow().input();
    ImagePreprocessor preprocessor =
        new ImagePreprocessor(metadata.preprocessing().orElseThrow(), input);
    try (TempFolder folder = new TempFolder("repvgg-bench");
        LabelledImages test = LabelledImages.open(data, metadata.labels());
        FastNetwork exact = FastNetwork.load(int8Zip, RuntimeOptions.of(Precision.FP32));
        FastNetwork fast = FastNetwork.load(int8Zip, RuntimeOptions.of(Precision.INT8));
        FastNetwork alike = roundingAsOnnx(int8Zip, input);
        OnnxModel onnx = OnnxModel.open(export(int8Zip, folder))) {
      RecordedLogits fastLogits =
          new RecordedLogits((images, batch) -> fast.logits(images, batch, input));
      RecordedLogits alikeLogits =
          new RecordedLogits((images, batch) -> alike.logits(images, batch, input));
      RecordedLogits onnxLogits =
          new RecordedLogits((images, batch) -> logits(onnx, images, batch, input));
      TestRun run =
          TestRun.of(
              test,
              preprocessor,
              List.of(
                  (images, batch) -> exact.logits(images, batch, input),
                  fastLogits,
                  alikeLogits,
                  onnxLogits));
      int images = run.truth().length;
      return new OnnxAgreement(
          Agreement.of(fastLogits.all(), onnxLogits.all(), images),
          Agreement.of(alikeLogits.all(), onnxLogits.all(), images),
          run.drop(1).first(),
          run.drop(1).second(),
          run.drop(3).second());
    }
  }

  private static float[] logits(OnnxModel onnx, float[] images, int batch, InputShape input) {
    long[] shape = {batch, input.channels(), input.height(), input.width()};
    try (OnnxTensor tensor = OnnxModel.tensor(FloatBuffer.wrap(images), shape)) {
      return onnx.logits(tensor);
    }
  }

  private static Path export(Path int8Zip, TempFolder folder) throws IOException {
    Path file = folder.path().resolve("int8.onnx");
    QuantizedExport.write(file, int8Zip, OnnxOptions.DEFAULT.withBatch(OnnxOptions.Batch.DYNAMIC));
    return file;
  }

  private static FastNetwork roundingAsOnnx(Path int8Zip, InputShape input) throws IOException {
    try (SafeZip zip = ModelArchive.open(int8Zip)) {
      ZipSource source = new ZipSource(zip);
      QuantizedModel model =
          source.quantizedModel().orElseThrow(() -> zip.fault("holds no INT8 network"));
      NetworkParts parts = source.parts(input);
      SortedMap<Integer, Codes> codes = new TreeMap<>(model.network().tensors());
      FastGraph graph = ConfigurationReader.read(parts.configuration());
      model.observed().keySet().stream()
          .filter(node -> graph.nodes().get(node).layer() instanceof FastLayer.Convolution)
          .forEach(node -> codes.put(node, model.observed().get(node)));
      QuantizedNetwork rounding =
          new QuantizedNetwork(
              model.network().layers(),
              codes,
              model.network().weightLimit(),
              model.network().floatWeights(),
              model.network().calibration());
      return FastNetwork.of(parts, rounding, RuntimeOptions.of(Precision.INT8));
    }
  }
}
