package io.github.repvgg4j.weights.checkpoint;

/** Text out of a file, made fit for one line of a message. */
public final class Printable {

  private static final int MAX_LENGTH = 120;

  private Printable() {}

  /** As it is where it is a name, else cut, with a question mark for what is not ASCII. */
  public static String text(String text) {
    if (isName(text)) {
      return text;
    }
    String start = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "..." : text;
    return start.replaceAll("[^\\x20-\\x7e]", "?");
  }

  /** Whether a name can stand for a tensor: printable ASCII of reasonable length. */
  public static boolean isName(String text) {
    if (text.length() > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= 0x20 || text.charAt(i) >= 0x7f) {
        return false;
      }
    }
    return true;
  }
}
