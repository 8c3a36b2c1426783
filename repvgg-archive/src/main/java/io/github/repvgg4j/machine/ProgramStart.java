package io.github.repvgg4j.machine;

import java.util.Locale;

/** What a program does first, so that the libraries that it uses are the same on every machine. */
public final class ProgramStart {

  private static final String HOME = "user.home";

  private ProgramStart() {}

  /**
   * Call first in {@code main}. Libraries then write numbers with ASCII digits and a point, fold
   * letters as English does, and leave no folder named {@code ?} behind.
   */
  public static void prepare() {
    Locale.setDefault(Locale.ROOT);
    if (System.getProperty(HOME, "?").equals("?")) { // a user whom the system doesn't know
      String home = System.getenv("HOME");
      System.setProperty(HOME, home == null ? System.getProperty("java.io.tmpdir") : home);
    }
  }
}
