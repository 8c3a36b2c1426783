package io.github.repvgg4j.data.jpeg;

import io.github.repvgg4j.data.format.ByteView;
import io.github.repvgg4j.data.format.FormatFault;
import java.util.Arrays;

/** The quantization and Huffman tables that a JPEG's segments have set so far. */
final class Tables {

  private static final int SLOTS = 4;

  private final int[][] steps = new int[SLOTS][];
  private final HuffmanDecoder[] dc = Arrays.copyOf(HuffmanDecoder.STANDARD_DC, SLOTS);
  private final HuffmanDecoder[] ac = Arrays.copyOf(HuffmanDecoder.STANDARD_AC, SLOTS);

  /** Takes a DQT segment (ITU-T T.81, B.2.4.1). */
  void quantization(ByteView data, int from, int end) throws FormatFault {
    int at = from;
    while (at < end) {
      int slot = data.u8(at) & 15;
      int bytes = data.u8(at) >> 4 == 0 ? 1 : 2;
      if (slot >= SLOTS || end - at < 1 + 64 * bytes) {
        throw new FormatFault("damaged: the JPEG has a wrong quantization table");
      }
      int[] table = new int[64];
      for (int i = 0; i < 64; i++) {
        int place = at + 1 + i * bytes;
        table[Scan.ZIGZAG[i]] = bytes == 1 ? data.u8(place) : data.u16(place);
      }
      steps[slot] = table;
      at += 1 + 64 * bytes;
    }
  }

  /** Takes a DHT segment (B.2.4.2). */
  void huffman(ByteView data, int from, int end) throws FormatFault {
    int at = from;
    while (end - at > HuffmanDecoder.MAX_BITS) {
      int slot = data.u8(at++);
      int[] counts = new int[HuffmanDecoder.MAX_BITS];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = data.u8(at++);
      }
      int total = Arrays.stream(counts).sum();
      if (total > 256 || total > end - at || (slot & 15) >= SLOTS || slot > 0x13) {
        throw new FormatFault("damaged: the JPEG has a wrong Huffman table");
      }
      byte[] symbols = Arrays.copyOfRange(data.bytes(), at, at + total);
      (slot < 16 ? dc : ac)[slot & 15] = HuffmanDecoder.of(counts, symbols);
      at += total;
    }
  }

  int[] steps(int slot) throws FormatFault {
    return present(slot < SLOTS ? steps[slot] : null, "quantization");
  }

  /** For first coefficients; frames of Motion JPEG leave the standard's tables out. */
  HuffmanDecoder dc(int slot) throws FormatFault {
    return present(slot < SLOTS ? dc[slot] : null, "Huffman");
  }

  /** For the other coefficients. */
  HuffmanDecoder ac(int slot) throws FormatFault {
    return present(slot < SLOTS ? ac[slot] : null, "Huffman");
  }

  private static <T> T present(T table, String kind) throws FormatFault {
    if (table == null) {
      throw new FormatFault("damaged: the JPEG lacks a " + kind + " table");
    }
    return table;
  }
}
