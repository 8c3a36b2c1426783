package io.github.repvgg4j.serve.command;

import io.github.repvgg4j.archive.ProjectVersion;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {
      "repvgg-serve " + ProjectVersion.number() + ", Java " + Runtime.version().feature()
    };
  }
}
