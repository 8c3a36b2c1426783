package io.github.repvgg4j.testkit;

import io.github.repvgg4j.testkit.PythonPickler.Name;
import io.github.repvgg4j.testkit.PythonPickler.PyObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Pickles that use what stands beside weights for evil: name to bytes. None holds a network. */
final class HostilePickles {

  private static final int MANY = 3 << 20;

  private final Map<String, byte[]> pickles = new LinkedHashMap<>();

  private HostilePickles() {}

  static Map<String, byte[]> all(java.nio.file.Path marker) {
    HostilePickles all = new HostilePickles();
    all.calls("touch " + marker);
    all.lengths();
    all.floods();
    all.loops();
    return all.pickles;
  }

  /** Calls that stand where an optimizer or arguments would. */
  private void calls(String touch) {
    for (int protocol = 2; protocol <= 5; protocol++) {
      put("beside-p" + protocol, PythonPickler.pickle(protocol, beside("posix", "system", touch)));
    }
    put("beside-popen", PythonPickler.pickle(4, beside("subprocess", "Popen", touch)));
    put("beside-eval", PythonPickler.pickle(2, beside("builtins", "eval", touch)));
    put("beside-import", PythonPickler.pickle(2, beside("importlib", "import_module", "os")));
    put("beside-loads", PythonPickler.pickle(4, beside("pickle", "loads", touch)));
    Name system = new Name("os", "system");
    put("partial", PythonPickler.pickle(4, PyObject.call("functools", "partial", system, touch)));
    put("as-key", PythonPickler.pickle(4, Map.of(PyObject.call("os", "system", touch), 1L)));
    put(
        "as-state",
        PythonPickler.pickle(
            4, PyObject.instance("my", "Model", PyObject.call("os", "system", touch))));
    put("newobj-ex", start(4).text("os").text("system").raw(0x93, ')', '}', 0x92).stop());
    put("obj", start(2).ascii("(").global("os", "system").text(touch).ascii("o").stop());
    put("setstate-of-getattr", PythonPickler.pickle(4, getattr(touch)));
    put("extension", start(2).raw(0x82, 7).ascii("(").text(touch).ascii("tR").stop());
    put("persistent-id", start(2).text("os.system").ascii("Q").stop());
    put("persistent-line", start(2).ascii("Pos.system\n.").bytes());
  }

  private static Object getattr(String touch) {
    return new PyObject(
        new Name("builtins", "getattr"),
        PythonPickler.Tuple.of(new Name("torch", "nn"), "__class__"),
        Map.of("cmd", touch),
        Map.of(),
        false);
  }

  private static Object beside(String module, String name, String argument) {
    return Map.of("model", Map.of("weight", 1L), "x", PyObject.call(module, name, argument));
  }

  private void lengths() {
    put("bytes8-of-2^62", start(4).raw(0x8e).little(8, 1L << 62).stop());
    put("bytes8-negative", start(4).raw(0x8e).little(8, -5).stop());
    put("bytearray-of-4-GB", start(5).raw(0x96).little(8, 1L << 32).stop());
    put("frame-of-an-exabyte", start(4).raw(0x95).little(8, 1L << 60).stop());
    put("integer-without-end", start(2).ascii("I" + "9".repeat(1 << 18)).bytes());
    put("integer-of-100-kB", start(2).raw(0x8b).little(4, 100_000).raw(new int[100_000]).stop());
    put("name-without-end", start(2).ascii("c" + "a".repeat(1 << 18)).bytes());
    put("memo-of-2^31", start(2).ascii("]r").little(4, 0x80000000L).ascii("j").little(4, 5).stop());
    put("tuple-of-nothing", start(2).raw(0x87).stop());
    put("set-without-mark", start(4).raw(0x8f, 0x90).stop());
    put("build-nothing", start(2).ascii("b").stop());
    put("call-a-number", start(2).integer(3).ascii(")R").stop());
    put("call-without-tuple", start(2).global("my", "Class").ascii("]R").stop());
  }

  /** More of something than anyone needs. */
  private void floods() {
    flood("sets", 0x8f);
    flood("tuples", ')');
    flood("marks", '(');
    flood("nones", 'N');
    PickleBytes objects = start(2).global("my", "Class").ascii("q").raw(0, '0', '(');
    for (int i = 0; i < 600_000; i++) {
      objects.ascii("h").raw(0).ascii(")R");
    }
    put("600000-objects", objects.ascii("l").stop());
    PickleBytes dup = start(2).ascii("]");
    for (int i = 0; i < 100_000; i++) {
      dup.ascii("2a");
    }
    put("list-in-itself-100000-times", dup.stop());
  }

  private void flood(String name, int operation) {
    byte[] many = new byte[MANY];
    java.util.Arrays.fill(many, (byte) operation);
    PickleBytes pickle = start(4);
    pickle.ascii(new String(many, java.nio.charset.StandardCharsets.ISO_8859_1));
    put("three-million-" + name, pickle.stop());
  }

  private void loops() {
    PickleBytes deep = start(2);
    for (int i = 0; i < 200_000; i++) {
      deep.ascii("}").text("model");
    }
    put("200000-dicts-deep", deep.integer(1).ascii("s".repeat(200_000)).stop());
    put("200000-lists-deep", start(2).ascii("]".repeat(200_000) + "a".repeat(199_999)).stop());
    PickleBytes tuples = start(2).ascii(")");
    for (int i = 0; i < 60; i++) {
      tuples.ascii("2").raw(0x86); // each holds the one before twice
    }
    put("2^60-tuples", tuples.stop());
    PickleBytes keys = start(2).ascii("})");
    for (int i = 0; i < 60; i++) {
      keys.ascii("2").raw(0x86);
    }
    put("2^60-tuples-as-key", keys.integer(1).ascii("s").stop());
    PickleBytes dicts = start(2).ascii("}q").raw(0);
    for (int level = 0; level < 60; level++) {
      dicts.ascii("}(").text("a").ascii("h").raw(level).text("b").ascii("h").raw(level);
      dicts.ascii("uq").raw(level + 1);
    }
    put("2^60-dicts", dicts.stop());
    PickleBytes ring = start(2).ascii("}q").raw(0).ascii("(").text("model").ascii("](h");
    put("ring", ring.raw(0).ascii("h").raw(0).ascii("eu").stop());
    put("object-in-itself", object(List.of()));
  }

  /** An object whose state and items are itself. */
  private static byte[] object(List<Object> arguments) {
    PickleBytes self = start(2).global("my", "Dict").ascii(")").raw(0x81, 'q', 0);
    self.text("model").ascii("h").raw(0, 's', 'h', 0, 'b');
    return self.integer(arguments.size()).ascii("0").stop();
  }

  private static PickleBytes start(int protocol) {
    return new PickleBytes().raw(0x80, protocol);
  }

  private void put(String name, byte[] pickle) {
    pickles.put(name, pickle);
  }
}
