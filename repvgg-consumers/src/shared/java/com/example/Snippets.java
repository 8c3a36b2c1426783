package com.example;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * Compiles the Java of README and docs against the class path of this project, and runs it. A block
 * says whose it is in the line that opens it: {@code ```java train}.
 */
final class Snippets {

  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^```java *(\\w*) *$\\n(.*?)^```");
  private static final List<String> CONSUMERS = List.of("train", "stock", "embed");

  /** What a block may use without saying where it comes from; without a value it only compiles. */
  record Given(String type, String name, Object value) {}

  private final String consumer;
  private final List<String> imports;
  private final List<Given> givens;

  Snippets(String consumer, List<String> imports, List<Given> givens) {
    this.consumer = consumer;
    this.imports = imports;
    this.givens = givens;
  }

  /** Every block of this consumer in {@code root}'s README and docs. */
  void runAll(Path root) throws Exception {
    onlyJars(Files.readString(Path.of("target", "classpath.txt")));
    int blocks = 0;
    for (Path page : pages(root)) {
      List<MatchResult> found = BLOCK.matcher(Files.readString(page)).results().toList();
      for (MatchResult block : found) {
        if (!CONSUMERS.contains(block.group(1))) {
          throw new AssertionError(page + ": ```java must name one of " + CONSUMERS);
        }
        if (block.group(1).equals(consumer)) {
          run(page, "Snippet" + ++blocks, block.group(2));
        }
      }
    }
    System.out.println(consumer + ": " + blocks + " snippets compiled");
  }

  /** Gradle, Shadow and Maven's copy-dependencies take what else is there for libraries too. */
  private static void onlyJars(String classPath) {
    for (String entry : classPath.strip().split(System.getProperty("path.separator"))) {
      if (!entry.endsWith(".jar")) {
        throw new AssertionError(entry + " is on the class path and no jar");
      }
    }
  }

  private static List<Path> pages(Path root) throws IOException {
    try (Stream<Path> docs = Files.walk(root.resolve("docs"))) {
      return Stream.concat(
              docs.filter(file -> file.toString().endsWith(".md")).sorted(),
              Stream.of(root.resolve("README.md")))
          .toList();
    }
  }

  private void run(Path page, String name, String code) throws Exception {
    List<Given> used = givens.stream().filter(given -> isUsed(given, code)).toList();
    Path folder = Files.createDirectories(Path.of("target", "snippets"));
    Path source = folder.resolve(name + ".java");
    Files.writeString(source, program(name, code, used));
    List<String> arguments =
        List.of(
            "-proc:none",
            "-nowarn",
            "-encoding",
            "UTF-8",
            "-cp",
            classPath(),
            "-d",
            folder.toString(),
            source.toString());
    int result =
        ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
    if (result != 0) {
      throw new AssertionError(page + ": does not compile: " + code);
    }
    if (used.stream().anyMatch(given -> given.value() == null)) {
      return;
    }
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {folder.toUri().toURL()}, Snippets.class.getClassLoader())) {
      loader
          .loadClass(name)
          .getMethod("run", Object[].class)
          .invoke(null, (Object) used.stream().map(Given::value).toArray());
    }
  }

  private static boolean isUsed(Given given, String code) {
    boolean named = Pattern.compile("\\b" + given.name() + "\\b").matcher(code).find();
    boolean declared = Pattern.compile("[\\w>] " + given.name() + " =").matcher(code).find();
    return named && !declared;
  }

  private String program(String name, String code, List<Given> used) {
    List<String> lines = new ArrayList<>();
    imports.forEach(it -> lines.add("import " + it + ";"));
    lines.add("public class " + name + " { public static void run(Object[] given) throws Exception {");
    for (int i = 0; i < used.size(); i++) {
      Given given = used.get(i);
      lines.add("%s %s = (%s) given[%d];".formatted(given.type(), given.name(), given.type(), i));
    }
    lines.add(code.strip());
    lines.add(code.strip().matches("(?s).*[;}]|.*//[^\\n]*") ? "" : ";");
    lines.add("}}");
    return String.join("\n", lines);
  }

  private static String classPath() {
    URLClassLoader loader = (URLClassLoader) Snippets.class.getClassLoader();
    return Arrays.stream(loader.getURLs())
        .map(URL::getPath)
        .collect(Collectors.joining(System.getProperty("path.separator")));
  }
}
