package io.github.repvgg4j.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.repvgg4j.testkit.JavaProcess;
import io.github.repvgg4j.testkit.JavaProcess.Result;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names outside ASCII, in JVMs with and without a UTF-8 locale. */
class FileNamesTest {

  @TempDir Path temp;

  @BeforeEach
  void onlyWhereNamesAreBytes() {
    assumeTrue(FileNames.anyCharacter() && java.io.File.separatorChar == '/');
  }

  @Test
  void namesAndTheirFilesAreReadInEveryLocale() throws Exception {
    Files.createDirectories(temp.resolve("naïve/50 % größer"));
    Files.writeString(temp.resolve("naïve/50 % größer/日本 😀.txt"), "found");
    for (String locale : List.of("C", "POSIX", "C.UTF-8", "xx_XX.UTF-8")) {
      for (String root : List.of(temp.toString(), ".")) {
        Result result =
            JavaProcess.of(Walk.class).in(temp).environment("LC_ALL", locale).run("walk", root);
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).as(locale).isEqualTo("naïve/50 % größer/日本 😀.txt: found\n");
      }
    }
  }

  @Test
  void whatCanNotBeMendedIsSaidInOneLineWithItsRemedy() throws Exception {
    Files.createDirectory(temp.resolve("naïve"));
    Result result = JavaProcess.of(Walk.class).environment("LC_ALL", "C").run("argument", "café");
    assertThat(result.out())
        .startsWith("argument 'caf")
        .endsWith(
            "' can't be read: Java runs without UTF-8 file names (the locale's charset is US-ASCII);"
                + " start it with LC_ALL=C.UTF-8\n")
        .hasLineCount(1);
    Result there =
        JavaProcess.of(Walk.class)
            .in(temp.resolve("naïve"))
            .environment("LC_ALL", "C")
            .run("argument", "plain");
    assertThat(there.out())
        .startsWith("working folder '" + temp)
        .contains("' can't be read: Java runs without UTF-8 file names")
        .hasLineCount(1);
    Result listed = JavaProcess.of(Walk.class).in(temp).environment("LC_ALL", "C").run("listed");
    assertThat(listed.out()).contains(": name can't be read: Java runs without").hasLineCount(1);
    Result path = JavaProcess.of(Walk.class).environment("LC_ALL", "C").run("path");
    assertThat(path.out())
        .startsWith("runs/café: no file name: Java runs without UTF-8")
        .hasLineCount(1);
    assertThat(JavaProcess.of(Walk.class).run("argument", "café").out()).isEqualTo("whole\n");
  }

  /** What the processes run. */
  static final class Walk {

    public static void main(String[] arguments) throws IOException {
      PrintStream out = Console.out();
      switch (arguments[0]) {
        case "walk" -> walk(Path.of(arguments[1]), out);
        case "argument" -> out.println(FileNames.explain(List.of(arguments)).orElse("whole"));
        case "listed" -> {
          try { // as Hadoop lists
            out.println(FileNames.readable(new File(".").list()[0]));
          } catch (UnreadableNameException e) {
            out.println(e.getMessage());
          }
        }
        default -> {
          try {
            out.println(Path.of("runs/café"));
          } catch (InvalidPathException e) {
            out.println(FileNames.explain(e).orElse("unexplained"));
          }
        }
      }
    }

    private static void walk(Path root, PrintStream out) throws IOException {
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String name = FileNames.text(root.relativize(file));
          out.println(name + ": " + Files.readString(FileNames.resolve(root, name)));
        }
      }
    }
  }
}
