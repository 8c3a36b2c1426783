package io.github.repvgg4j.yaml;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Names as users write them, and what they may have meant. */
public final class Words {

  private static final int SHORTEST_PREFIX = 3;

  private Words() {}

  /** An enum's constant as YAML has it: {@code FLIP_TRANSLATE} is {@code flip-translate}. */
  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** All constants of an enum. */
  public static List<String> of(Class<?> type) {
    return Arrays.stream(type.getEnumConstants()).map(c -> of((Enum<?>) c)).toList();
  }

  /**
   * The known word that is meant by an unknown one: the same but for case, hyphens and underscores,
   * or few slips of the finger away, or a beginning or the initials of just one.
   */
  public static Optional<String> nearest(String word, Collection<String> known) {
    String wanted = bare(word);
    Optional<String> same = known.stream().filter(k -> bare(k).equals(wanted)).findFirst();
    if (same.isPresent()) {
      return same;
    }
    Optional<String> near =
        known.stream()
            .filter(k -> distance(wanted, bare(k)) <= slips(wanted, bare(k)))
            .min(Comparator.comparingInt(k -> distance(wanted, bare(k))));
    return near.isPresent() ? near : abbreviated(wanted, known);
  }

  /** A third of the letters may be wrong, at most three; one of a word of two or three. */
  private static int slips(String a, String b) {
    int letters = Math.min(a.length(), b.length());
    return letters < 2 ? 0 : Math.max(1, Math.min(3, letters / 3));
  }

  private static Optional<String> abbreviated(String wanted, Collection<String> known) {
    List<String> meant =
        known.stream()
            .filter(
                k ->
                    wanted.length() >= SHORTEST_PREFIX && bare(k).startsWith(wanted)
                        || wanted.length() > 1 && initials(k).equals(wanted))
            .toList();
    return meant.size() == 1 ? Optional.of(meant.get(0)) : Optional.empty();
  }

  private static String initials(String word) {
    return (word.substring(0, Math.min(1, word.length())) + word.replaceAll("[^A-Z]", ""))
        .toLowerCase(Locale.ROOT);
  }

  private static String bare(String word) {
    return word.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "");
  }

  /**
   * Insertions, deletions, exchanges and swaps of neighbours from one word to the other, no letter
   * touched twice (optimal string alignment; Damerau, Commun. ACM 7(3), 1964).
   */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + cost);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
