package io.github.repvgg4j.data.vp8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The constants of RFC 6386, read from {@code tables.txt}. */
final class Vp8Tables {

  private static final Map<String, int[]> TABLES = read();

  /** {@code [above][left][9]}: probabilities of a subblock's mode. */
  static final int[] SUBBLOCK_MODES = TABLES.get("subblockModes");

  /** {@code [type][band][context][11]}: probabilities of a token's probability to change. */
  static final int[] COEFFICIENT_UPDATES = TABLES.get("coefficientUpdates");

  /** {@code [type][band][context][11]}: probabilities of tokens before any change. */
  static final int[] COEFFICIENTS = TABLES.get("coefficients");

  /** Quantisation steps of first coefficients. */
  static final int[] DC_STEPS = TABLES.get("dcSteps");

  /** Quantisation steps of the others. */
  static final int[] AC_STEPS = TABLES.get("acSteps");

  private Vp8Tables() {}

  private static Map<String, int[]> read() {
    List<String> lines;
    try (InputStream in = Vp8Tables.class.getResourceAsStream("tables.txt")) {
      lines = new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, int[]> tables = new HashMap<>();
    String name = "";
    for (String line : lines) {
      if (Character.isLetter(line.charAt(0))) {
        name = line;
      } else if (line.charAt(0) != '#') {
        IntStream numbers = IntStream.of(tables.getOrDefault(name, new int[0]));
        tables.put(name, IntStream.concat(numbers, numbers(line)).toArray());
      }
    }
    return tables;
  }

  private static IntStream numbers(String line) {
    return List.of(line.split(" ")).stream().mapToInt(Integer::parseInt);
  }
}
