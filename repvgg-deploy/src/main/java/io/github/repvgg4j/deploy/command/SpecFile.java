package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.model.ModelConfig;
import io.github.repvgg4j.yaml.RecordReader;
import io.github.repvgg4j.yaml.YamlException;
import io.github.repvgg4j.yaml.YamlFile;
import io.github.repvgg4j.yaml.YamlNode;
import java.io.IOException;
import java.nio.file.Path;

/** The keys of {@code model:} in a file of their own, or in a training configuration. */
final class SpecFile {

  private SpecFile() {}

  /** Fails with one line that names the file, the key and the line. */
  static ModelConfig read(Path path) throws IOException {
    try {
      YamlFile file = YamlFile.read(path);
      return file.keys().get("model") instanceof YamlNode.Mapping model
          ? RecordReader.read(file.name(), model, "model", ModelConfig.class)
          : RecordReader.read(file.name(), file.keys(), "", ModelConfig.class);
    } catch (YamlException e) {
      throw new ArchiveException(e.getMessage(), e);
    }
  }
}
