package io.github.repvgg4j.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes pickles and torch.save containers byte by byte, good ones and evil ones. */
public final class PickleBytes {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public static PickleBytes start() {
    return new PickleBytes().raw(0x80, 2);
  }

  public PickleBytes raw(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
    return this;
  }

  public PickleBytes ascii(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  public PickleBytes global(String module, String name) {
    return ascii("c" + module + "\n" + name + "\n");
  }

  public PickleBytes text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    ascii("X").little(4, utf8.length);
    out.writeBytes(utf8);
    return this;
  }

  public PickleBytes little(int bytes, long value) {
    byte[] all = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value).array();
    out.write(all, 0, bytes);
    return this;
  }

  public PickleBytes integer(long value) {
    return raw(0x8a, 8).little(8, value);
  }

  public PickleBytes tuple(long... values) {
    ascii("(");
    for (long value : values) {
      integer(value);
    }
    return ascii("t");
  }

  /** One item of a state_dict: its name and the call that rebuilds its tensor. */
  public PickleBytes tensor(
      String name,
      String storage,
      String key,
      long length,
      long offset,
      long[] shape,
      long... strides) {
    text(name).global("torch._utils", "_rebuild_tensor_v2").ascii("((").text("storage");
    global("torch", storage).text(key).text("cpu").integer(length).ascii("tQ");
    integer(offset).tuple(shape).tuple(strides);
    return raw(0x89).global("collections", "OrderedDict").ascii(")RtR");
  }

  public byte[] bytes() {
    return out.toByteArray();
  }

  public byte[] stop() {
    return ascii(".").bytes();
  }

  /** A zip of stored entries: name, content, name, content ... */
  public static byte[] zip(Object... namesAndBytes) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < namesAndBytes.length; i += 2) {
        byte[] bytes = (byte[]) namesAndBytes[i + 1];
        ZipEntry entry = new ZipEntry((String) namesAndBytes[i]);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
      }
    }
    return out.toByteArray();
  }

  /** The first three pickles of the older container. */
  public static PickleBytes legacyHead() {
    PickleBytes head =
        start()
            .raw(0x8a, 0x0a)
            .raw(0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19)
            .ascii(".");
    head.raw(0x80, 2, 'M').little(2, 1001).ascii(".");
    return head.raw(0x80, 2).ascii("}").text("little_endian").raw(0x88).ascii("s.");
  }
}
