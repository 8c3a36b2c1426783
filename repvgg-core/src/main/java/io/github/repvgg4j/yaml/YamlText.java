package io.github.repvgg4j.yaml;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;

/** The text of a file: UTF-8, or what YAML allows beside it and editors on Windows write. */
final class YamlText {

  private static final long MAX_BYTES = 1 << 20;
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private YamlText() {}

  static String read(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new YamlException(file + ": is a folder; give a YAML file");
      }
      if (Files.isRegularFile(file) && Files.size(file) > MAX_BYTES) {
        throw new YamlException(file + ": is larger than 1 MiB; give a YAML file");
      }
      return decode(file.toString(), Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new YamlException(file + ": no such file");
    } catch (AccessDeniedException e) {
      throw new YamlException(file + ": no permission to read it");
    } catch (IOException e) {
      throw new YamlException(file + ": cannot be read: " + e.getMessage());
    }
  }

  /** By the byte order mark, or, without one, by YAML's rule: the first character is ASCII. */
  static String decode(String name, byte[] bytes) {
    if (starts(bytes, 'P', 'K', 3, 4)) {
      throw new YamlException(name + ": is a zip; give a YAML file");
    }
    if (starts(bytes, 0xFF, 0xFE, 0, 0)) {
      return decode(name, bytes, 4, Charset.forName("UTF-32LE"));
    }
    if (starts(bytes, 0, 0, 0xFE, 0xFF)) {
      return decode(name, bytes, 4, Charset.forName("UTF-32BE"));
    }
    if (starts(bytes, 0xEF, 0xBB, 0xBF)) {
      return decode(name, bytes, 3, StandardCharsets.UTF_8);
    }
    if (starts(bytes, 0xFF, 0xFE)) {
      return decode(name, bytes, 2, StandardCharsets.UTF_16LE);
    }
    if (starts(bytes, 0xFE, 0xFF)) {
      return decode(name, bytes, 2, StandardCharsets.UTF_16BE);
    }
    if (bytes.length > 1 && bytes[0] != 0 && bytes[1] == 0) {
      return decode(name, bytes, 0, StandardCharsets.UTF_16LE);
    }
    if (bytes.length > 1 && bytes[0] == 0 && bytes[1] != 0) {
      return decode(name, bytes, 0, StandardCharsets.UTF_16BE);
    }
    return decode(name, bytes, 0, StandardCharsets.UTF_8);
  }

  private static boolean starts(byte[] bytes, int... mark) {
    for (int i = 0; i < mark.length; i++) {
      if (i >= bytes.length || (bytes[i] & 0xFF) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  private static String decode(String name, byte[] bytes, int from, Charset charset) {
    CharsetDecoder decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes, from, bytes.length - from);
    try {
      return printable(name, decoder.decode(in).toString());
    } catch (CharacterCodingException e) {
      String before = new String(bytes, from, in.position() - from, charset);
      byte[] bad = {bytes[Math.min(in.position(), bytes.length - 1)]};
      throw YamlException.at(
          name,
          lineAt(before, before.length()),
          "is not "
              + charset.name()
              + " (byte "
              + HEX.formatHex(bad)
              + "); save the file as UTF-8");
    }
  }

  private static String printable(String name, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) && "\t\n\r\u0085".indexOf(c) < 0) {
        throw YamlException.at(
            name,
            lineAt(text, i),
            "holds the control character U+"
                + HEX.toHexDigits((short) c)
                + "; take it out, or give a text file");
      }
    }
    return text;
  }

  /** Of a place in a text, from 1. */
  private static int lineAt(String text, int end) {
    return 1
        + (int)
            text.substring(0, end).replace("\r\n", "\n").chars().filter(YamlText::isBreak).count();
  }

  private static boolean isBreak(int c) {
    return c == '\n' || c == '\r';
  }
}
