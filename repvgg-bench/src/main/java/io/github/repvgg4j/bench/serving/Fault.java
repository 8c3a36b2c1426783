package io.github.repvgg4j.bench.serving;

import java.nio.file.Path;

/** Something that happens to a server; it should live on. */
interface Fault {

  /** For the table. */
  String name();

  /**
   * Makes it happen.
   *
   * @return what was seen
   */
  Outcome happen(Stage stage) throws Exception;

  /**
   * @param held whether the server did what it should
   * @param text what was seen, with figures
   */
  record Outcome(boolean held, String text) {}

  /**
   * What faults have to work with.
   *
   * @param expected right answers to {@code files}
   */
  record Stage(ServingOptions options, ServingFiles files, Expected expected) {

    ServerProcess server(String... more) throws Exception {
      return options.start().with(options.serving(files.zip(), more));
    }

    /** So many requests of JPEG files on four connections. */
    Load load(ServerProcess server, Load.Pace pace) throws Exception {
      return new Load(server.address(), Calls.JPEG.of(files, expected, server.address()), 4, pace);
    }

    /** Whether every image is still answered rightly. */
    boolean isSound(ServerProcess server) throws Exception {
      int images = files.images().size();
      LoadResult result = load(server, Load.Pace.full(images)).run();
      return result.wrong() == 0 && result.failed() == 0 && result.outcomes().containsKey("200");
    }

    Path folder() {
      return files.folder();
    }
  }
}
