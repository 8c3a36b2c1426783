package io.github.repvgg4j.weights.checkpoint;

import io.github.repvgg4j.archive.ArchiveException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The operands of a pickle's operations. Lengths are held against what is left of the file before
 * memory is taken.
 */
final class PickleInput {

  private static final int MAX_LINE = 1 << 16;

  /** More than any number that a checkpoint holds; the first of the older container has 10. */
  private static final int MAX_INTEGER_BYTES = 64;

  private final Path path;
  private final ByteBuffer in;

  PickleInput(Path path, ByteBuffer in) {
    this.path = path;
    this.in = in.order(ByteOrder.LITTLE_ENDIAN);
  }

  int position() {
    return in.position();
  }

  int uint8() {
    return in.get() & 0xff;
  }

  int uint16() {
    return in.getShort() & 0xffff;
  }

  int int32() {
    return in.getInt();
  }

  long uint32() {
    return in.getInt() & 0xffffffffL;
  }

  long int64() {
    return in.getLong();
  }

  /** Big-endian, unlike everything else. */
  double float64() {
    return Double.longBitsToDouble(Long.reverseBytes(in.getLong()));
  }

  /** Two's complement; a {@link Long} where it fits. */
  Object integer(long bytes) throws ArchiveException {
    checkLength(bytes);
    if (bytes > MAX_INTEGER_BYTES) {
      skip(bytes);
      return new PythonObject("int");
    }
    if (bytes == 0) {
      return 0L;
    }
    byte[] value = new byte[(int) bytes];
    for (int i = value.length - 1; i >= 0; i--) {
      value[i] = in.get();
    }
    return narrow(new BigInteger(value));
  }

  /** A line of the text protocols: {@code 12}, {@code 12L}, {@code 01} for True. */
  Object decimal() {
    String line = line();
    if (line.equals("00") || line.equals("01")) {
      return line.equals("01");
    }
    String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
    return digits.length() > 2 * MAX_INTEGER_BYTES
        ? new PythonObject("int")
        : narrow(new BigInteger(digits));
  }

  private static Object narrow(BigInteger value) {
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  String text(long length) throws ArchiveException {
    checkLength(length);
    byte[] value = new byte[(int) length];
    in.get(value);
    return new String(value, StandardCharsets.UTF_8);
  }

  /** Bytes that are of no use here. */
  PythonObject bytes(long length, String type) throws ArchiveException {
    skip(length);
    return new PythonObject(type);
  }

  private void skip(long length) throws ArchiveException {
    checkLength(length);
    in.position(in.position() + (int) length);
  }

  /** Up to the end of the line, which is taken as well. */
  String line() {
    StringBuilder text = new StringBuilder();
    for (byte b = in.get(); b != '\n'; b = in.get()) {
      text.append((char) (b & 0xff));
      if (text.length() > MAX_LINE) {
        throw new IllegalArgumentException("a line without an end");
      }
    }
    return text.toString();
  }

  private void checkLength(long length) throws ArchiveException {
    if (length < 0 || length > in.remaining()) {
      throw new ArchiveException(
          path
              + ": the pickle claims a value of "
              + Long.toUnsignedString(length)
              + " bytes where "
              + in.remaining()
              + " are left; damaged or cut off");
    }
  }
}
