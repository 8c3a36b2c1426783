package io.github.repvgg4j.data.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Unsigned numbers in a file.
 *
 * @param bytes the file
 * @param order which byte of a number comes first
 */
@SuppressWarnings("ArrayRecordComponent")
public record ByteView(byte[] bytes, ByteOrder order) {

  public ByteView(byte[] bytes) {
    this(bytes, ByteOrder.BIG_ENDIAN);
  }

  ByteView littleEndian() {
    return new ByteView(bytes, ByteOrder.LITTLE_ENDIAN);
  }

  public int length() {
    return bytes.length;
  }

  /** Whether {@code count} bytes stand at {@code at}. */
  public boolean has(long at, long count) {
    return at >= 0 && count >= 0 && at <= bytes.length && count <= bytes.length - at;
  }

  public int u8(int at) {
    return bytes[at] & 0xff;
  }

  public int u16(int at) {
    return buffer().getShort(at) & 0xffff;
  }

  public long u32(int at) {
    return buffer().getInt(at) & 0xffffffffL;
  }

  int s32(int at) {
    return buffer().getInt(at);
  }

  long s64(int at) {
    return buffer().getLong(at);
  }

  private ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes).order(order);
  }

  /**
   * @param text one byte a character
   */
  public boolean startsWith(int at, String text) {
    return has(at, text.length()) && text(at, text.length()).equals(text);
  }

  /** One character a byte; shorter at the end of the file. */
  String text(int at, int count) {
    return new String(bytes, at, Math.min(count, bytes.length - at), StandardCharsets.ISO_8859_1);
  }
}
