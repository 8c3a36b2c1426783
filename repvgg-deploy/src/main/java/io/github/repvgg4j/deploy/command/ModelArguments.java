package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.QuantizedEntries;
import io.github.repvgg4j.deploy.predict.EngineChoice;
import io.github.repvgg4j.deploy.predict.OpenModel;
import io.github.repvgg4j.onednn.Precision;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What every command that runs a model asks for. */
final class ModelArguments {

  @Parameters(index = "0", paramLabel = "MODEL.zip", description = "A training or a fast form.")
  private Path model;

  @Mixin private EngineOptions options;

  OpenModel open() throws IOException {
    EngineChoice choice = options.engine();
    if (choice.precision() != Precision.INT8) {
      refuseLean();
    }
    return OpenModel.load(model, choice);
  }

  private void refuseLean() throws IOException {
    try (SafeZip zip = ModelArchive.open(model)) {
      if (QuantizedEntries.isLean(zip)) {
        throw QuantizedEntries.leanFault(zip, ", or run it with --engine fast --precision int8");
      }
    }
  }

  Path model() {
    return model;
  }

  int batch() {
    return options.batch();
  }
}
