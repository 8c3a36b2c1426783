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
    return version("version.properties");
  }

  /** Name and version, for what says by whom it was made. */
  public static String program() {
    return "repvgg4j " + number();
  }

  /** Deeplearning4j's version, {@code unknown} where its jar was repackaged. */
  public static String deeplearning4j() {
    return version("/META-INF/maven/org.deeplearning4j/deeplearning4j-nn/pom.properties");
  }

  private static String version(String resource) {
    try (InputStream in = ProjectVersion.class.getResourceAsStream(resource)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
