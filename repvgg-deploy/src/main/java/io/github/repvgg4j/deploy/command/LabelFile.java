package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.ArchiveException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A text file of class names, one a line; empty lines are passed over. */
final class LabelFile {

  /** Which editors of Windows put before a text. */
  private static final String BYTE_ORDER_MARK = "\ufeff";

  private LabelFile() {}

  /**
   * The names in their order.
   *
   * @throws IOException one line: a folder, not in UTF-8, or a name that stands twice
   */
  static List<String> read(Path file) throws IOException {
    Map<String, Integer> lineOf = new LinkedHashMap<>();
    int number = 0;
    for (String line : text(file).lines().toList()) {
      number++;
      String name = line.strip();
      Integer earlier = name.isEmpty() ? null : lineOf.putIfAbsent(name, number);
      if (earlier != null) {
        throw new ArchiveException(
            file
                + ": '"
                + name
                + "' stands on lines "
                + earlier
                + " and "
                + number
                + "; give each class a name of its own");
      }
    }
    return List.copyOf(lineOf.keySet());
  }

  private static String text(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new ArchiveException(file + ": is a folder; name a text file");
    }
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new ArchiveException(file + ": is not in UTF-8; save it as UTF-8", e);
    }
  }
}
