package io.github.repvgg4j.train;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where a job's file lies that a command line names. */
final class JobFile {

  private static final int MAX_PARENTS = 3;

  /** Set by the launcher scripts: where the distribution lies. */
  private static final String HOME = "repvgg.home";

  private JobFile() {}

  /**
   * As given, or in a parent of the working directory (Maven may run in a module's folder), or in
   * the folder of the distribution.
   */
  static Path find(Path config) {
    if (!config.isAbsolute()) {
      Path parent = Path.of("").toAbsolutePath();
      for (int i = 0; i < MAX_PARENTS && parent != null; i++, parent = parent.getParent()) {
        if (Files.exists(parent.resolve(config))) {
          return i == 0 ? config : parent.resolve(config);
        }
      }
      String home = System.getProperty(HOME);
      if (home != null && Files.exists(Path.of(home).resolve(config))) {
        return Path.of(home).resolve(config);
      }
    }
    return config;
  }
}
