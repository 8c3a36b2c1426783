package io.github.repvgg4j.train.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads TensorBoard's event files by their definition: no Protobuf, and a checksum bit by bit.
 * Fails at anything that is not as it should be.
 */
public final class EventReader {

  private final ByteBuffer in;

  /** One message; {@code version} is null but in the first. */
  public record Event(double wallTime, long step, String version, Map<String, Float> scalars) {}

  private EventReader(ByteBuffer in) {
    this.in = in.order(ByteOrder.LITTLE_ENDIAN);
  }

  public static List<Event> read(byte[] file) {
    ByteBuffer records = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    while (records.hasRemaining()) {
      byte[] length = new byte[8];
      records.get(length);
      assertThat(records.getInt()).as("checksum of a length").isEqualTo(masked(length));
      byte[] message =
          new byte
              [Math.toIntExact(ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong())];
      records.get(message);
      assertThat(records.getInt()).as("checksum of a message").isEqualTo(masked(message));
      events.add(new EventReader(ByteBuffer.wrap(message)).event());
    }
    return events;
  }

  /** Castagnoli's polynomial 0x1EDC6F41, reflected. */
  private static int masked(byte[] bytes) {
    int crc = ~0;
    for (byte b : bytes) {
      crc ^= b & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc >>> 1) ^ ((crc & 1) * 0x82f63b78);
      }
    }
    crc = ~crc;
    return ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
  }

  private Event event() {
    double wallTime = 0;
    long step = 0;
    String version = null;
    Map<String, Float> scalars = new TreeMap<>();
    while (in.hasRemaining()) {
      long key = varint();
      switch ((int) key) {
        case 1 << 3 | 1 -> wallTime = in.getDouble();
        case 2 << 3 -> step = varint();
        case 3 << 3 | 2 -> version = text();
        case 5 << 3 | 2 -> new EventReader(ByteBuffer.wrap(bytes())).summary(scalars);
        default -> throw new AssertionError("field " + (key >> 3) + " of an event");
      }
    }
    return new Event(wallTime, step, version, scalars);
  }

  private void summary(Map<String, Float> scalars) {
    while (in.hasRemaining()) {
      assertThat(varint()).isEqualTo(1 << 3 | 2);
      EventReader value = new EventReader(ByteBuffer.wrap(bytes()));
      assertThat(value.varint()).isEqualTo(1 << 3 | 2);
      String tag = value.text();
      assertThat(value.varint()).isEqualTo(2 << 3 | 5);
      assertThat(scalars.put(tag, value.in.getFloat())).as(tag).isNull();
      assertThat(value.in.hasRemaining()).isFalse();
    }
  }

  private String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  private byte[] bytes() {
    byte[] bytes = new byte[(int) varint()];
    in.get(bytes);
    return bytes;
  }

  private long varint() {
    long value = 0;
    int shift = 0;
    byte next;
    do {
      next = in.get();
      value |= (next & 0x7fL) << shift;
      shift += 7;
    } while (next < 0);
    return value;
  }
}
