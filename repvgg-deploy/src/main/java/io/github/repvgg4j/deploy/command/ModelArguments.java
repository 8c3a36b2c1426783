package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.deploy.predict.OpenModel;
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
    return OpenModel.load(model, options.engine());
  }

  Path model() {
    return model;
  }

  int batch() {
    return options.batch();
  }
}
