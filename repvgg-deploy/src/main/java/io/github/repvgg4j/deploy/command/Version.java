package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.deploy.DeployMain;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** This program's version, as the build wrote it. */
public final class Version implements IVersionProvider {

  /** For example {@code 0.1.0}. */
  public static String number() {
    try (InputStream in = DeployMain.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String[] getVersion() {
    return new String[] {"repvgg-deploy " + number() + ", Java " + Runtime.version().feature()};
  }
}
