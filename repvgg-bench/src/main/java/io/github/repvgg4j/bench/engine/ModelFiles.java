package io.github.repvgg4j.bench.engine;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.archive.ProbeJson;
import io.github.repvgg4j.bench.engine.Workload.Form;
import io.github.repvgg4j.bench.measure.ArithmeticPeak;
import io.github.repvgg4j.bench.measure.TempFolder;
import io.github.repvgg4j.deploy.convert.QuantizedFile.FloatWeights;
import io.github.repvgg4j.deploy.onnx.OnnxExport;
import io.github.repvgg4j.deploy.onnx.OnnxOptions;
import io.github.repvgg4j.deploy.onnx.QuantizedExport;
import io.github.repvgg4j.deploy.predict.Dl4jProbe;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;

/** A workload's networks as files that engines open, each written when it is first asked for. */
public final class ModelFiles implements AutoCloseable {

  private final Workload workload;
  private final TempFolder folder;

  /** In a folder of their own. */
  public ModelFiles(Workload workload) throws IOException {
    this.workload = workload;
    this.folder = new TempFolder("repvgg-bench");
  }

  private interface Writing {
    void write(Path file) throws IOException;
  }

  /** The file that {@code engine} reads. */
  public Path file(String engine, Form form, ArithmeticPeak.Type precision) {
    if (precision == ArithmeticPeak.Type.INT8) {
      boolean zip = engine.startsWith(Engines.FAST);
      return zip ? integers(FloatWeights.KEPT) : integersAsOnnx();
    }
    return switch (engine) {
      case Engines.ONNX, Engines.OPENVINO -> onnx(form);
      case Engines.PYTORCH -> pyTorch(form);
      default -> zip(form);
    };
  }

  /** Where they lie; goes with this. */
  Path folder() {
    return folder.path();
  }

  private Path zip(Form form) {
    return once(
        form.label() + ".zip",
        file -> {
          ModelZipWriter writer = ModelZipWriter.of(network(form), metadata(form));
          Optional<Probe> probe = Dl4jProbe.of(network(form), workload.spec().input());
          if (form == Form.FUSED && probe.isPresent()) {
            writer.withEntry(Probe.ENTRY, ProbeJson.write(probe.get()));
          }
          writer.write(file);
        });
  }

  /** An INT8 zip without float32 weights. */
  public Path lean() {
    return integers(FloatWeights.LEFT_OUT);
  }

  private Path integers(FloatWeights floats) {
    return once(
        "int8-" + floats + ".zip",
        file -> RandomIntegers.write(zip(Form.FUSED), file, workload, floats));
  }

  private Path integersAsOnnx() {
    OnnxOptions options = OnnxOptions.DEFAULT.withBatch(OnnxOptions.Batch.DYNAMIC);
    return once(
        "int8.onnx", file -> QuantizedExport.write(file, integers(FloatWeights.KEPT), options));
  }

  private Path onnx(Form form) {
    OnnxOptions options = OnnxOptions.DEFAULT.withBatch(OnnxOptions.Batch.DYNAMIC);
    return once(
        form.label() + ".onnx",
        file -> OnnxExport.write(file, network(form), metadata(form), options));
  }

  private Path pyTorch(Form form) {
    return once(form.label() + ".params", file -> PyTorchBlocks.write(file, workload, form));
  }

  private Path once(String name, Writing writing) {
    Path file = folder.path().resolve(name);
    try {
      if (!Files.exists(file)) {
        writing.write(file);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Model network(Form form) {
    return form == Form.FUSED ? workload.fused() : workload.threeBranch();
  }

  private ModelMetadata metadata(Form form) {
    return ModelMetadata.of(
        form == Form.FUSED ? ModelMetadata.Form.FAST : ModelMetadata.Form.TRAINING,
        workload.spec());
  }

  @Override
  public void close() throws IOException {
    folder.close();
  }
}
