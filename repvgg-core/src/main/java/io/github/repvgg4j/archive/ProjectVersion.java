package io.github.repvgg4j.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of repvgg4j, as the build wrote it: for provenance and {@code --version}. */
public final class ProjectVersion {

  private ProjectVersion() {}

  /** For example {@code 0.1.0}. */
  public static String number() {
    try (InputStream in = ProjectVersion.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
