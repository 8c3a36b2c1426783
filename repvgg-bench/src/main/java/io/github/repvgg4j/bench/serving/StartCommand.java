package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.bench.measure.Table;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** From the start of the process to "ready". */
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    description = "Milliseconds until the server is ready, with and without an archive of classes.")
public final class StartCommand implements Callable<Integer> {

  @Mixin private ServingOptions options;

  @Option(names = "--rounds", defaultValue = "5")
  private int rounds;

  @Override
  public Integer call() throws Exception {
    ServingFiles files = options.files(1);
    Path archive = files.folder().resolve("serve.jsa");
    Files.deleteIfExists(archive);
    try (ServerProcess server =
        options
            .start(List.of("-XX:ArchiveClassesAtExit=" + archive))
            .with(options.serving(files.zip()))) {
      System.out.printf(Locale.ROOT, "archived after a start of %.0f ms%n", server.readyMillis());
    }
    Map<String, List<String>> ways = new LinkedHashMap<>();
    ways.put("default", List.of());
    ways.put("AppCDS", List.of("-XX:SharedArchiveFile=" + archive));
    ways.put(
        "AppCDS, C1, serial GC",
        List.of("-XX:SharedArchiveFile=" + archive, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    Table table = new Table("JVM options | median ms | min - max | resident MB");
    for (Map.Entry<String, List<String>> way : ways.entrySet()) {
      row(table, way.getKey(), way.getValue(), files);
    }
    System.out.print(table);
    printJars();
    return 0;
  }

  private void row(Table table, String name, List<String> jvm, ServingFiles files)
      throws Exception {
    double[] millis = new double[rounds];
    long memory = 0;
    for (int i = 0; i < rounds; i++) {
      try (ServerProcess server = options.start(jvm).with(options.serving(files.zip()))) {
        millis[i] = server.readyMillis();
        memory = Math.max(memory, server.residentMb());
      }
    }
    Arrays.sort(millis);
    table.row(
        "%s | %.0f | %.0f - %.0f | %d",
        name, millis[rounds / 2], millis[0], millis[rounds - 1], memory);
  }

  private static void printJars() throws IOException {
    long bytes = 0;
    int jars = 0;
    for (String entry : ServerProcess.classPath().split(File.pathSeparator)) {
      Path file = Path.of(entry);
      if (Files.isRegularFile(file)) {
        bytes += Files.size(file);
        jars++;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d jars, %.1f MB (modules of ours that lie as folders are not counted)%n",
        jars,
        bytes / 1e6);
  }
}
