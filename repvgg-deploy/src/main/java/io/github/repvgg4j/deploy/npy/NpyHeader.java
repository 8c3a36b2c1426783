package io.github.repvgg4j.deploy.npy;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The head of an {@code .npy} file of little-endian float32 in C order: magic, version, length, and
 * a Python dictionary of three keys, padded with blanks to a multiple of 64 bytes.
 *
 * @param shape axes, outermost first
 * @param bytes length of the head; the numbers follow
 */
record NpyHeader(List<Long> shape, int bytes) {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;
  private static final int MAX_TEXT = 1 << 16;
  private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9, ]*)\\)");

  /** Reads the head; fails with what is wrong, to be put after the file's name. */
  static NpyHeader read(DataInputStream in) throws IOException {
    try {
      return readText(in);
    } catch (EOFException e) {
      throw new IOException("is cut off in its head; not an .npy file?", e);
    }
  }

  private static NpyHeader readText(DataInputStream in) throws IOException {
    for (byte expected : MAGIC) {
      if (in.readByte() != expected) {
        throw new IOException("is not an .npy file; write it with numpy.save");
      }
    }
    int version = in.readUnsignedByte();
    in.readByte();
    int prefix = MAGIC.length + 2 + (version == 1 ? 2 : 4);
    int low = in.readUnsignedByte() | in.readUnsignedByte() << 8;
    int length = version == 1 ? low : low | in.readUnsignedByte() << 16 | in.readByte() << 24;
    if (version < 1 || version > 3 || length < 0 || length > MAX_TEXT) {
      throw new IOException("has an .npy head of unknown version or length; damaged file?");
    }
    byte[] text = new byte[length];
    in.readFully(text);
    return parse(new String(text, StandardCharsets.UTF_8), prefix + length);
  }

  private static NpyHeader parse(String text, int bytes) throws IOException {
    String descr = find(DESCR, text);
    if (!descr.equals("<f4")) {
      throw new IOException(
          "holds numbers of type '" + descr + "'; needs float32: x.astype('<f4')");
    }
    List<Long> shape = new ArrayList<>();
    for (String axis : find(SHAPE, text).split(",")) {
      if (!axis.isBlank()) {
        shape.add(axis(axis.strip()));
      }
    }
    boolean oneAxis = shape.stream().filter(axis -> axis != 1).count() < 2;
    if (find(ORDER, text).equals("True") && !oneAxis) { // with one axis both orders are the same
      throw new IOException("is in Fortran order; save numpy.ascontiguousarray(x)");
    }
    return new NpyHeader(List.copyOf(shape), bytes);
  }

  private static long axis(String digits) throws IOException {
    if (digits.length() > 18 || digits.contains(" ")) {
      throw new IOException("has the axis " + digits + " in its shape; damaged file?");
    }
    return Long.parseLong(digits);
  }

  private static String find(Pattern pattern, String text) throws IOException {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IOException("has an .npy head that cannot be understood: " + text.strip());
    }
    return matcher.group(1);
  }

  /** The head as bytes, version 1.0. */
  static byte[] write(List<Long> shape) {
    String axes = shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
    String text =
        "{'descr': '<f4', 'fortran_order': False, 'shape': ("
            + axes
            + (shape.size() == 1 ? ",), }" : "), }");
    int prefix = MAGIC.length + 4;
    int padding = ALIGNMENT - (prefix + text.length() + 1) % ALIGNMENT;
    byte[] body = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] head = new byte[prefix + body.length];
    System.arraycopy(MAGIC, 0, head, 0, MAGIC.length);
    head[MAGIC.length] = 1;
    head[MAGIC.length + 2] = (byte) body.length;
    head[MAGIC.length + 3] = (byte) (body.length >> 8);
    System.arraycopy(body, 0, head, prefix, body.length);
    return head;
  }
}
