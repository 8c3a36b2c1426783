package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.bench.serving.ServerProcess.Start;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What the commands about serving have in common. */
final class ServingOptions {

  @Option(
      names = "--files",
      defaultValue = "target/serving",
      description = "Folder of model and images, made where missing (default: ${DEFAULT-VALUE}).")
  private Path folder;

  @Option(names = "--images", defaultValue = "32", description = "To send (${DEFAULT-VALUE}).")
  private int images;

  @Option(names = "--precision", defaultValue = "FP32", description = "Of the server's model.")
  private Precision precision;

  @Option(
      names = "--convolutions",
      defaultValue = "FASTEST",
      description = "Of server and direct calls (${DEFAULT-VALUE}, the server's own).")
  private Convolutions convolutions;

  @Option(
      names = "--launcher",
      description = "The server's program, such as bin/repvgg-serve; default: this class path.")
  private String launcher;

  @Option(names = "--jvm", split = " ", description = "Options of the server's JVM.")
  private List<String> jvmOptions = List.of();

  @Option(names = "--server", split = " ", description = "More arguments of the server.")
  private List<String> arguments = List.of();

  ServingFiles files() throws IOException {
    return ServingFiles.in(folder, images);
  }

  /** With another number of images. */
  ServingFiles files(int count) throws IOException {
    return ServingFiles.in(folder, count);
  }

  Arithmetic arithmetic() {
    return new Arithmetic(precision, convolutions);
  }

  Start start() {
    return start(List.of());
  }

  Start start(List<String> moreJvmOptions) {
    List<String> options = new ArrayList<>(jvmOptions);
    options.addAll(moreJvmOptions);
    return new Start(
        launcher == null ? List.of() : List.of(launcher), options, folder.resolve("server.log"));
  }

  /** The server's arguments for a model, or a folder of them. */
  List<String> serving(Path model, String... more) {
    return serving(model, arithmetic(), more);
  }

  List<String> serving(Path model, Arithmetic other, String... more) {
    List<String> all = new ArrayList<>(List.of(model.toString()));
    all.addAll(other.arguments());
    all.addAll(arguments);
    all.addAll(List.of(more));
    return all;
  }
}
