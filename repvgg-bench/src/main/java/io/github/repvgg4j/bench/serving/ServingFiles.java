package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.archive.ProbeJson;
import io.github.repvgg4j.bench.engine.Workload;
import io.github.repvgg4j.bench.loading.Photographs;
import io.github.repvgg4j.bench.measure.Resources;
import io.github.repvgg4j.deploy.onnx.OnnxExport;
import io.github.repvgg4j.deploy.onnx.OnnxOptions;
import io.github.repvgg4j.deploy.predict.Dl4jProbe;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggVariant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One network of random weights for us and for peers, and images to send; written where they are
 * missing.
 *
 * @param folder of all of them
 * @param images JPEG files of 500 x 375 pixels
 */
record ServingFiles(Path folder, List<Path> images) {

  /** The model's name on every server. */
  static final String MODEL = "a0";

  private static final String VARIANT = "A0";
  private static final String OTHER_VARIANT = "A1";
  private static final int CLASSES = 1000;
  private static final int SIDE = 224;
  private static final String[] PEER_FILES = {
    "peer_model.py", "mlserver_runtime.py", "torchserve_handler.py"
  };

  static ServingFiles in(Path place, int count) throws IOException {
    Path folder = Files.createDirectories(place).toAbsolutePath(); // peers run in it
    ServingFiles files =
        new ServingFiles(
            folder,
            IntStream.range(0, count).mapToObj(i -> Photographs.numbered(folder, i)).toList());
    if (!Files.exists(files.zip())) { // or one that was quantised, put there before
      files.writeZip(files.workload(VARIANT), files.zip());
    }
    if (!Files.exists(files.onnx())) {
      files.writeOnnx(files.workload(VARIANT));
    }
    Photographs.writeNumbered(folder, count);
    Resources.copy(ServingFiles.class, folder, PEER_FILES);
    return files;
  }

  Path zip() {
    return folder.resolve(MODEL + ".zip");
  }

  Path onnx() {
    return folder.resolve(MODEL + ".onnx");
  }

  InputShape shape() {
    return InputShape.square(SIDE);
  }

  /** Another network with the same input and the same number of classes, written when missing. */
  Path other() throws IOException {
    Path zip = folder.resolve("other.zip");
    if (!Files.exists(zip)) {
      writeZip(workload(OTHER_VARIANT), zip);
    }
    return zip;
  }

  private Workload workload(String variant) {
    return Workload.of(variant, RepVggVariant.of(variant).spec(CLASSES, shape()));
  }

  private ModelMetadata metadata(Workload workload) {
    return ModelMetadata.of(ModelMetadata.Form.FAST, workload.spec())
        .withLabels(IntStream.range(0, CLASSES).mapToObj(i -> "class" + i).toList())
        .withPreprocessing(Preprocessing.IMAGENET);
  }

  private void writeOnnx(Workload workload) throws IOException {
    OnnxOptions options = OnnxOptions.DEFAULT.withBatch(OnnxOptions.Batch.DYNAMIC);
    OnnxExport.write(onnx(), workload.fused(), metadata(workload), options);
  }

  private void writeZip(Workload workload, Path zip) throws IOException {
    ModelZipWriter writer = ModelZipWriter.of(workload.fused(), metadata(workload));
    Optional<Probe> probe = Dl4jProbe.of(workload.fused(), workload.spec().input());
    if (probe.isPresent()) {
      writer.withEntry(Probe.ENTRY, ProbeJson.write(probe.get()));
    }
    writer.write(zip);
  }
}
