package io.github.repvgg4j.deploy.onnx;

import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelProperties;
import io.github.repvgg4j.archive.ProjectVersion;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;

/**
 * A graph as a file, with what the model zip says of itself. It is read again and held against
 * ONNX's rules before it gets its name.
 */
record OnnxFile(OnnxGraph graph, ModelMetadata metadata, OnnxOptions options) {

  /** Writes it; an earlier file of that name is replaced only by a whole new one. */
  void write(Path target) throws IOException {
    ModelProto model = model();
    AtomicFile.write(
        target,
        temporary -> {
          try (OutputStream out =
              new BufferedOutputStream(Files.newOutputStream(temporary), 1 << 16)) {
            model.writeTo(out);
          }
          OnnxChecker.check(temporary);
        });
  }

  private ModelProto model() {
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(options.irVersion())
            .setProducerName("repvgg4j")
            .setProducerVersion(ProjectVersion.number())
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(options.opset()))
            .setGraph(graph.build("repvgg"));
    addMetadata(model);
    return model.build();
  }

  private void addMetadata(ModelProto.Builder model) {
    ModelProperties.of(metadata).forEach((key, value) -> property(model, key, value));
    boolean pixels = options.input() == OnnxOptions.Input.PIXELS;
    property(
        model, ModelProperties.INPUT, pixels ? ModelProperties.PIXELS : ModelProperties.NORMALISED);
  }

  private static void property(ModelProto.Builder model, String key, String value) {
    model.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(value));
  }
}
