package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.testkit.HostileFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every broken or evil weight file, given to the program as a user would. */
class HostileWeightsTest {

  @TempDir private static Path outside;
  @TempDir private Path folder;

  private static Path marker() {
    return outside.resolve("executed");
  }

  static Stream<Arguments> files() throws Exception {
    Map<String, byte[]> files = HostileFiles.all(marker());
    assertThat(files).hasSizeGreaterThan(170);
    return files.entrySet().stream().map(file -> Arguments.of(file.getKey(), file.getValue()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void oneLineExitCode1NothingRunNothingLeft(String name, byte[] content) throws IOException {
    Path file = Files.write(folder.resolve(name), content);
    Cli run = Cli.run("import-weights", file, "--variant", "A0", "-o", folder.resolve("out.zip"));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).singleElement().asString().startsWith("error: " + file + ": ");
    assertThat(run.out()).isEmpty();
    assertThat(marker()).doesNotExist();
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
  }
}
