package io.github.repvgg4j.deploy.onnx;

import java.util.HashSet;
import java.util.Set;

/**
 * The names of one file. Inputs and outputs take theirs first; a layer's name is only a wish, so
 * that whatever layers are called, no two tensors are called alike, and none is called nothing.
 */
final class OnnxNames {

  private static final String UNNAMED = "unnamed";

  private final Set<String> taken = new HashSet<>();
  private int axes;

  /** The wanted name, else that with the first free number; taken from now on. */
  String fresh(String wanted) {
    String clean = clean(wanted);
    String name = clean;
    for (int i = 2; !taken.add(name); i++) {
      name = clean + "_" + i;
    }
    return name;
  }

  /** A name for an axis whose size is not known; axes have a namespace of their own. */
  String axis() {
    return "axis" + axes++;
  }

  /**
   * Control characters end names in C, halves of surrogate pairs are no UTF-8, and ONNX Runtime for
   * Java cannot name what takes a pair.
   */
  private static String clean(String wanted) {
    StringBuilder clean = new StringBuilder();
    wanted
        .codePoints()
        .map(c -> Character.isISOControl(c) || c >= Character.MIN_SURROGATE && isNoBmp(c) ? '_' : c)
        .forEach(clean::appendCodePoint);
    return clean.toString().isBlank() ? UNNAMED : clean.toString();
  }

  private static boolean isNoBmp(int codePoint) {
    return codePoint <= Character.MAX_SURROGATE || Character.isSupplementaryCodePoint(codePoint);
  }
}
