package io.github.repvgg4j.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Broken and evil weight files, made afresh: name to content. */
public final class HostileFiles {

  private static final String FLOATS = "FloatStorage";

  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private final Path marker;

  private HostileFiles(Path marker) {
    this.marker = marker;
  }

  /**
   * @param marker what the evil ones would create if they were run
   */
  public static Map<String, byte[]> all(Path marker) throws Exception {
    HostileFiles hostile = new HostileFiles(marker);
    hostile.calls();
    hostile.pickles();
    hostile.tensors();
    HostilePickles.all(marker).forEach(hostile::pickle);
    hostile.zips();
    hostile.cuts();
    hostile.safetensors();
    return hostile.files;
  }

  private void calls() throws Exception {
    String touch = "touch " + marker;
    for (String name :
        new String[] {
          "os.system",
          "posix.system",
          "builtins.eval",
          "builtins.exec",
          "__builtin__.eval",
          "subprocess.Popen",
          "builtins.getattr",
          "torch.storage._load_from_bytes",
          "torch.load",
          "runpy._run_code",
          "numpy.core.multiarray._reconstruct",
          "java.lang.Runtime.exec"
        }) {
      int dot = name.lastIndexOf('.');
      PickleBytes call =
          PickleBytes.start().global(name.substring(0, dot), name.substring(dot + 1));
      pth("call-" + name, call.ascii("(").text(touch).ascii("tR").stop());
    }
    byte[] system =
        PickleBytes.start().global("os", "system").ascii("(").text(touch).ascii("tR").stop();
    files.put("legacy-os-system.pth", join(PickleBytes.legacyHead().bytes(), system));
    files.put("bare-os-system.pth", system);
    pth(
        "nested-reduce",
        PickleBytes.start()
            .global("collections", "OrderedDict")
            .ascii("(")
            .global("collections", "OrderedDict")
            .ascii("(")
            .global("os", "system")
            .ascii("(")
            .text(touch)
            .ascii("tRtRtR")
            .stop());
    pth(
        "stack-global",
        PickleBytes.start()
            .text("os")
            .text("system")
            .raw(0x93)
            .ascii("(")
            .text(touch)
            .ascii("tR")
            .stop());
    pth(
        "reduce-of-a-storage-type",
        PickleBytes.start().global("torch", FLOATS).ascii("(").integer(9).ascii("tR").stop());
    pth(
        "protocol-0-instance",
        PickleBytes.start().ascii("(S'" + touch + "'\nios\nsystem\n.").bytes());
    pth("newobj", PickleBytes.start().global("collections", "OrderedDict").raw(')', 0x81).stop());
    pth(
        "torchscript",
        PickleBytes.start().global("__torch__.repvgg", "RepVGG").ascii(")").raw(0x81).stop());
  }

  private void pickles() throws Exception {
    pth("text-of-2-GB", PickleBytes.start().ascii("X").little(4, Integer.MAX_VALUE).stop());
    pth("text-of-2^62", PickleBytes.start().raw(0x8d).little(8, 1L << 62).stop());
    pth("negative-bytes", PickleBytes.start().ascii("B").little(4, -1).stop());
    pth("long4-of-2-GB", PickleBytes.start().raw(0x8b).little(4, Integer.MAX_VALUE).stop());
    pth("no-stop", PickleBytes.start().ascii("}").bytes());
    pth("empty-stack", PickleBytes.start().ascii("0000.").bytes());
    pth("no-mark", PickleBytes.start().ascii("]e.").bytes());
    pth("missing-memo", PickleBytes.start().ascii("h").raw(77).stop());
    pth("unknown-operation", PickleBytes.start().raw(0xff).stop());
    pth("protocol-77", new PickleBytes().raw(0x80, 77).stop());
    pth("just-a-number", PickleBytes.start().integer(4).stop());
    pth("tuple-as-key", PickleBytes.start().ascii("})").integer(1).ascii("s.").bytes());
    byte[] many = new byte[3 << 20];
    Arrays.fill(many, (byte) ']');
    pth("a-million-lists", join(PickleBytes.start().bytes(), many));
    byte[] dicts = new byte[3 << 20];
    Arrays.fill(dicts, (byte) '}');
    pth("a-million-dicts", join(PickleBytes.start().bytes(), dicts));
    PickleBytes laughs = PickleBytes.start().ascii("]q").raw(0);
    for (int level = 0; level < 100; level++) {
      laughs.ascii("](h").raw(level, 'h', level, 'h', level, 'h', level).ascii("eq").raw(level + 1);
    }
    files.put("billion-laughs-legacy.pth", join(PickleBytes.legacyHead().bytes(), laughs.stop()));
    PickleBytes self = PickleBytes.start().ascii("}q").raw(0).text("model").ascii("h").raw(0);
    pth("map-that-holds-itself", self.ascii("s").stop());
    pth("name-with-newline", one("a\nError: all is well", FLOATS, "0", 4, 0, new long[] {4}, 1));
  }

  private void tensors() throws Exception {
    pth("storage-larger-than-its-entry", one("w", FLOATS, "0", 1L << 40, 0, new long[] {4}, 1));
    pth("storage-length-overflows", one("w", FLOATS, "0", Long.MAX_VALUE, 0, new long[] {4}, 1));
    pth("storage-of-negative-length", one("w", FLOATS, "0", -4, 0, new long[] {4}, 1));
    pth("storage-without-entry", one("w", FLOATS, "7", 4, 0, new long[] {4}, 1));
    pth("storage-elsewhere", one("w", FLOATS, "../../etc/passwd", 4, 0, new long[] {4}, 1));
    pth("shape-larger-than-storage", one("w", FLOATS, "0", 4, 0, new long[] {5}, 1));
    pth("shape-overflows", one("w", FLOATS, "0", 4, 0, new long[] {1L << 40, 1L << 40}, 0, 0));
    pth("shape-expanded-to-4-TB", one("w", FLOATS, "0", 4, 0, new long[] {1L << 40}, 0));
    pth("shape-negative", one("w", FLOATS, "0", 4, 0, new long[] {-1, 4}, 4, 1));
    pth("stride-negative", one("w", FLOATS, "0", 4, 3, new long[] {4}, -1));
    pth("stride-overflows", one("w", FLOATS, "0", 4, 0, new long[] {3, 2}, Long.MAX_VALUE, 1));
    pth("offset-outside", one("w", FLOATS, "0", 4, 4, new long[] {1}, 1));
    pth("offset-negative", one("w", FLOATS, "0", 4, -1, new long[] {1}, 1));
    pth("strides-missing", one("w", FLOATS, "0", 4, 0, new long[] {2, 2}, 1));
    pth("unknown-storage", one("w", "QInt8Storage", "0", 16, 0, new long[] {4}, 1));
  }

  private void zips() throws Exception {
    byte[] good = one("w", FLOATS, "0", 4, 0, new long[] {4}, 1);
    files.put("no-pickle.pth", PickleBytes.zip("a/version", new byte[] {'3'}));
    files.put(
        "big-endian.pth",
        PickleBytes.zip(
            "a/data.pkl", good, "a/byteorder", "big".getBytes(StandardCharsets.US_ASCII)));
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bomb)) {
      zip.putNextEntry(new ZipEntry("a/data.pkl"));
      for (int i = 0; i < 300; i++) {
        zip.write(new byte[1 << 20]);
      }
    }
    files.put("zip-bomb.pth", bomb.toByteArray());
    byte[] zip = PickleBytes.zip("a/data.pkl", good, "a/data/0", new byte[16]);
    files.put("overlapping-entries.pth", patched(zip, directory(zip, 1) + 42, 0, 4));
    files.put("entry-of-4-GB.pth", patched(zip, directory(zip, 1) + 24, 0xfffffff0L, 4));
    files.put("entry-beyond-the-end.pth", patched(zip, directory(zip, 1) + 42, 0x7fffffff, 4));
    files.put("directory-of-4-GB.pth", patched(zip, zip.length - 10, 0xfffffff0L, 4));
    files.put("directory-elsewhere.pth", patched(zip, zip.length - 6, 0x7fffff00L, 4));
    files.put("65535-entries.pth", patched(zip, zip.length - 12, 0xffff, 2));
    byte[] flipped = zip.clone();
    flipped[50] ^= 1;
    files.put("bit-flipped-pickle.pth", flipped);
    files.put("twice.pth", renamed(PickleBytes.zip("a/data.pkl", good, "a/data.pkm", good)));
  }

  private void cuts() throws Exception {
    Random random = new Random(11);
    byte[] zip = Files.readAllBytes(Golden.PLAIN.file("train.pth"));
    byte[] legacy = Files.readAllBytes(Golden.PLAIN.file("train-legacy-format.pth"));
    byte[] safe = Files.readAllBytes(Golden.TIMM_PLAIN.weights());
    for (int i = 0; i < 6; i++) {
      files.put("cut-zip-" + i + ".pth", cut(zip, random));
      files.put("cut-legacy-" + i + ".pth", cut(legacy, random));
      files.put("cut-" + i + ".safetensors", cut(safe, random));
    }
    files.put("empty.pth", new byte[0]);
    byte[] noise = new byte[1 << 16];
    random.nextBytes(noise);
    files.put("noise.pth", noise);
    files.put(
        "html.pth",
        "<!DOCTYPE html><html>quota exceeded</html>".getBytes(StandardCharsets.US_ASCII));
  }

  private void safetensors() {
    String four = "\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":";
    safe("offset-outside", "{\"w\":{" + four + "[16,32]}}");
    safe("offset-reversed", "{\"w\":{" + four + "[16,0]}}");
    safe("offset-negative", "{\"w\":{" + four + "[-16,0]}}");
    safe("offset-of-2^63", "{\"w\":{" + four + "[9223372036854775808,9223372036854775824]}}");
    safe("size-differs", "{\"w\":{" + four + "[0,12]}}");
    safe("overlap", "{\"v\":{" + four + "[0,16]},\"w\":{" + four + "[0,16]}}");
    safe("hole", "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}");
    safe("tail", "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}");
    safe("duplicate-key", "{\"w\":{" + four + "[0,16]},\"w\":{" + four + "[0,16]}}");
    safe(
        "shape-overflows",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,16]}}");
    safe("unknown-dtype", "{\"w\":{\"dtype\":\"F8_E4M3\",\"shape\":[16],\"data_offsets\":[0,16]}}");
    safe("no-json", "{this is no json at all}");
    safe("deep", "{\"w\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}");
    byte[] huge = littleEndian(40).putLong(0, 1L << 60).put(8, (byte) '{').array();
    files.put("header-of-an-exabyte.safetensors", huge);
    byte[] negative = littleEndian(40).putLong(0, -8).put(8, (byte) '{').array();
    files.put("header-negative.safetensors", negative);
  }

  private void safe(String name, String header) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    byte[] length = littleEndian(8).putLong(0, json.length).array();
    files.put("safe-" + name + ".safetensors", join(join(length, json), new byte[16]));
  }

  private void pth(String name, byte[] pickle) throws Exception {
    files.put(name + ".pth", PickleBytes.zip("a/data.pkl", pickle, "a/data/0", new byte[16]));
  }

  /** In both containers. */
  private void pickle(String name, byte[] pickle) {
    try {
      pth(name, pickle);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    files.put("legacy-" + name + ".pth", join(PickleBytes.legacyHead().bytes(), pickle));
  }

  private static byte[] one(
      String name,
      String storage,
      String key,
      long length,
      long offset,
      long[] shape,
      long... strides) {
    return PickleBytes.start()
        .ascii("}(")
        .tensor(name, storage, key, length, offset, shape, strides)
        .tensor("other", FLOATS, "0", 4, 0, new long[] {4}, 1)
        .ascii("u")
        .stop();
  }

  private static byte[] join(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static byte[] cut(byte[] whole, Random random) {
    return Arrays.copyOf(whole, 10 + random.nextInt(whole.length - 11));
  }

  /** Where the n-th record of the zip's directory begins. */
  private static int directory(byte[] zip, int index) {
    int found = -1;
    for (int at = 0; at < zip.length - 4; at++) {
      if (zip[at] == 'P' && zip[at + 1] == 'K' && zip[at + 2] == 1 && zip[at + 3] == 2) {
        found++;
        if (found == index) {
          return at;
        }
      }
    }
    throw new IllegalArgumentException("no record " + index);
  }

  private static byte[] patched(byte[] zip, int at, long value, int bytes) {
    byte[] copy = zip.clone();
    for (int b = 0; b < bytes; b++) {
      copy[at + b] = (byte) (value >> 8 * b);
    }
    return copy;
  }

  /** Gives the second entry the first one's name. */
  private static byte[] renamed(byte[] zip) {
    byte[] copy = zip.clone();
    copy[directory(zip, 1) + 46 + "a/data.pkl".length() - 1] = 'l';
    return copy;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
