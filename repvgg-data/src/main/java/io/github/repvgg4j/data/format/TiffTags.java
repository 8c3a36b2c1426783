package io.github.repvgg4j.data.format;

import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whole numbers of the first directory of a TIFF, which EXIF data is too (TIFF 6.0, section 2;
 * BigTIFF). Damaged entries are passed over.
 */
final class TiffTags {

  private static final int MAX_VALUES = 1 << 20;

  private final ByteView data;
  private final boolean big;
  private final Map<Integer, long[]> values = new HashMap<>();

  private TiffTags(ByteView data, boolean big) {
    this.data = data;
    this.big = big;
  }

  /** Empty when this is no TIFF or its directory lies outside. */
  static Optional<TiffTags> read(byte[] tiff) {
    ByteView view = new ByteView(tiff);
    if (view.startsWith(0, "II")) {
      view = view.littleEndian();
    } else if (!view.startsWith(0, "MM")) {
      return Optional.empty();
    }
    if (!view.has(0, 8)) {
      return Optional.empty();
    }
    int version = view.u16(2);
    if (version != 42 && !(version == 43 && view.has(0, 16))) {
      return Optional.empty();
    }
    TiffTags tags = new TiffTags(view, version == 43);
    return tags.directory() ? Optional.of(tags) : Optional.empty();
  }

  /** The orientation that EXIF data names; upright when it names none. */
  static Orientation orientation(byte[] exif) {
    return read(exif)
        .map(tags -> Orientation.of(tags.first(Orientation.TAG, 1)))
        .orElse(Orientation.UPRIGHT);
  }

  private boolean directory() {
    long at = big ? data.s64(8) : data.u32(4);
    int countBytes = big ? 8 : 2;
    if (!data.has(at, countBytes)) {
      return false;
    }
    long count = big ? data.s64((int) at) : data.u16((int) at);
    int entryBytes = big ? 20 : 12;
    for (long i = 0; i < count; i++) {
      long entry = at + countBytes + i * entryBytes;
      if (!data.has(entry, entryBytes)) {
        break;
      }
      entry((int) entry);
    }
    return true;
  }

  private void entry(int at) {
    int width = width(data.u16(at + 2));
    long count = big ? data.s64(at + 4) : data.u32(at + 4);
    if (width == 0 || count < 1 || count > MAX_VALUES) {
      return;
    }
    int inline = at + (big ? 12 : 8);
    boolean fits = count * width <= (big ? 8 : 4);
    long from = fits ? inline : big ? data.s64(inline) : data.u32(inline);
    if (!data.has(from, count * width)) {
      return;
    }
    long[] numbers = new long[(int) count];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number((int) from + i * width, width);
    }
    values.putIfAbsent(data.u16(at), numbers);
  }

  private long number(int at, int width) {
    return switch (width) {
      case 1 -> data.u8(at);
      case 2 -> data.u16(at);
      case 4 -> data.u32(at);
      default -> data.s64(at);
    };
  }

  /** Bytes of a number of this type; 0 for types that are no whole numbers. */
  private static int width(int type) {
    return switch (type) {
      case 1 -> 1;
      case 3 -> 2;
      case 4, 13 -> 4;
      case 16, 18 -> 8;
      default -> 0;
    };
  }

  boolean has(int tag) {
    return values.containsKey(tag);
  }

  /** The tag's numbers; empty where it is missing. */
  long[] all(int tag) {
    return values.getOrDefault(tag, new long[0]);
  }

  long first(int tag, long missing) {
    return has(tag) ? values.get(tag)[0] : missing;
  }

  ByteOrder order() {
    return data.order();
  }
}
