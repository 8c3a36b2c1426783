package io.github.repvgg4j.machine;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * File names outside ASCII where Java was started without a UTF-8 locale. Java then reads each such
 * name as question marks and refuses to make a path of it; nothing but the environment (not {@code
 * -Dsun.jnu.encoding}) changes that. A name from a listing is mended here through its bytes, which
 * a {@link Path} keeps; for the rest there is one line with the remedy.
 */
public final class FileNames {

  private static final Charset ENCODING =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
  private static final boolean UNIX = java.io.File.separatorChar == '/';
  private static final char REPLACEMENT = '\uFFFD';
  private static final String REMEDY =
      "Java runs without UTF-8 file names (the locale's charset is "
          + ENCODING
          + "); start it with LC_ALL=C.UTF-8";

  private FileNames() {}

  /** Whether Java reads and writes every file name. */
  public static boolean anyCharacter() {
    return !UNIX || ENCODING.equals(StandardCharsets.UTF_8);
  }

  /**
   * The name or path as its user wrote it; what comes from a listing should pass through here.
   *
   * @throws UnreadableNameException it can't be read in this process
   */
  public static String text(Path path) {
    String text = path.toString();
    if (anyCharacter() || isAscii(text)) {
      return text;
    }
    byte[] bytes = bytes(path);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      if (text.indexOf(REPLACEMENT) < 0) {
        return text; // no UTF-8, but whole in the machine's own charset
      }
      throw new UnreadableNameException(text + ": name can't be read: " + REMEDY, e);
    }
  }

  /**
   * A name that others listed as text, as it is.
   *
   * @throws UnreadableNameException it could not be read
   */
  public static String readable(String name) {
    if (!anyCharacter() && name.indexOf(REPLACEMENT) >= 0) {
      throw new UnreadableNameException(name + ": name can't be read: " + REMEDY, null);
    }
    return name;
  }

  /**
   * {@code name}, which {@link #text} gave, in {@code folder}.
   *
   * @throws UnreadableNameException there is no such path in this process
   */
  public static Path resolve(Path folder, String name) {
    if (anyCharacter() || isAscii(name)) {
      return folder.resolve(name);
    }
    try {
      URI whole = folder.toAbsolutePath().toUri();
      String start = whole.getRawPath();
      String path = (start.endsWith("/") ? start : start + "/") + escaped(name);
      return Path.of(URI.create("file://" + path));
    } catch (IllegalArgumentException e) {
      throw new UnreadableNameException(name + ": no file name: " + REMEDY, e);
    }
  }

  /** One line where {@code failure} comes of names that this process can't read. */
  public static Optional<String> explain(Throwable failure) {
    return !anyCharacter() && failure instanceof InvalidPathException e
        ? Optional.of(e.getInput() + ": no file name: " + REMEDY)
        : Optional.empty();
  }

  /** One line where an argument, or the working folder, came in as question marks. */
  public static Optional<String> explain(List<String> arguments) {
    if (anyCharacter()) {
      return Optional.empty();
    }
    String folder = System.getProperty("user.dir", "");
    if (folder.indexOf(REPLACEMENT) >= 0) { // no relative path leads anywhere
      return Optional.of("working folder '" + folder + "' can't be read: " + REMEDY);
    }
    return arguments.stream()
        .filter(argument -> argument.indexOf(REPLACEMENT) >= 0)
        .findFirst()
        .map(argument -> "argument '" + argument + "' can't be read: " + REMEDY);
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  /** Of a relative path, those below the working folder. */
  private static byte[] bytes(Path path) {
    String all = path.toAbsolutePath().toUri().getRawPath();
    String text = all;
    if (!path.isAbsolute()) {
      String folder = Path.of("").toAbsolutePath().toUri().getRawPath();
      text = all.substring(folder.endsWith("/") ? folder.length() : folder.length() + 1);
    }
    if (text.endsWith("/") && text.length() > 1) {
      text = text.substring(0, text.length() - 1);
    }
    return unescaped(text);
  }

  private static byte[] unescaped(String text) {
    ByteBuffer bytes = ByteBuffer.allocate(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '%') {
        bytes.put((byte) Integer.parseInt(text, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.put((byte) text.charAt(i));
      }
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  private static String escaped(String name) {
    StringBuilder text = new StringBuilder();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      if (b == '/' || b == '.' || b == '_' || b == '-' || isLetterOrDigit(b)) {
        text.append((char) b);
      } else {
        text.append(String.format(Locale.ROOT, "%%%02X", b));
      }
    }
    return text.toString();
  }

  private static boolean isLetterOrDigit(byte b) {
    return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z';
  }
}
