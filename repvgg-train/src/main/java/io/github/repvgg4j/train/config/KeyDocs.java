package io.github.repvgg4j.train.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the tables of docs/training.md say of each key; the page is a resource beside the class. */
final class KeyDocs {

  private static final Pattern HEADING = Pattern.compile("#{3,4} (.*)");
  private static final Pattern ROW = Pattern.compile("\\| (`.*?) \\| (.*?) \\| ?(.*?) ?\\|");
  private static final Pattern KEY = Pattern.compile("`([A-Za-z0-9.]+)`");
  private static final List<String> SECTIONS = List.of("model", "data", "training");

  private final Map<String, String> texts = new LinkedHashMap<>();

  private KeyDocs() {}

  static KeyDocs load() {
    try (InputStream in = KeyDocs.class.getResourceAsStream("training.md")) {
      KeyDocs docs = new KeyDocs();
      docs.read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      return docs;
    } catch (IOException e) {
      throw new IllegalStateException("training.md", e);
    }
  }

  private void read(String page) {
    String section = null;
    for (String line : page.substring(page.indexOf("\n## Keys")).lines().toList()) {
      Matcher heading = HEADING.matcher(line);
      Matcher row = ROW.matcher(line);
      if (line.startsWith("## ") && !line.equals("## Keys")) {
        return;
      }
      if (heading.matches()) {
        section = sectionOf(heading.group(1));
      } else if (section != null && row.matches()) {
        add(section, row.group(1), row.group(2), row.group(3));
      }
    }
  }

  private static String sectionOf(String heading) {
    if (heading.equals("RepOptimizer")) {
      return "training.optimizer.reparameterize.";
    }
    if (heading.equals("A teacher")) {
      return "training.teacher.";
    }
    return heading.equals("Fine-tuning")
        ? "training.fineTune."
        : SECTIONS.contains(heading) ? heading + "." : "";
  }

  private void add(String section, String keys, String fallback, String meaning) {
    String usual =
        fallback.equals("-")
            ? ""
            : fallback.startsWith("required") ? fallback : "default " + fallback;
    String text =
        meaning.isEmpty() ? usual : usual.isEmpty() ? meaning : meaning + " (" + usual + ")";
    Matcher key = KEY.matcher(keys);
    while (key.find()) {
      texts.put(section + key.group(1), text);
    }
  }

  /**
   * @param path such as {@code training.epochs}
   */
  Optional<String> of(String path) {
    return Optional.ofNullable(texts.get(path)).filter(text -> !text.isEmpty());
  }
}
