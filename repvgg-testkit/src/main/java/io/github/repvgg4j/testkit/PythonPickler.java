package io.github.repvgg4j.testkit;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Pickles values as CPython's {@code pickle} does, protocols 2 to 5: memo, frames, the operations
 * of each protocol. Maps become dicts, lists lists; text, numbers, booleans and null themselves.
 */
public final class PythonPickler {

  /** A tuple. */
  public record Tuple(List<?> items) {
    public static Tuple of(Object... items) {
      return new Tuple(List.of(items));
    }
  }

  /** A set or a frozenset. */
  public record PySet(boolean frozen, List<?> items) {}

  /** Bytes, or a bytearray. */
  public record PyBytes(boolean mutable, int length) {}

  /** A class or function by its name. */
  public record Name(String module, String name) {}

  /**
   * An object that is rebuilt by a call, then given a state and items.
   *
   * @param state null for none
   * @param items of a subclass of dict
   * @param newObject by {@code cls.__new__} and not by a call
   */
  public record PyObject(
      Name callee, Tuple arguments, Object state, Map<?, ?> items, boolean newObject) {

    /** A call without more. */
    public static PyObject call(String module, String name, Object... arguments) {
      return new PyObject(new Name(module, name), Tuple.of(arguments), null, Map.of(), false);
    }

    /** An instance of a user's class. */
    public static PyObject instance(String module, String name, Object state) {
      return new PyObject(new Name(module, name), Tuple.of(), state, Map.of(), true);
    }
  }

  /** A storage, by {@code torch.save}'s persistent id. */
  public record StorageRef(String type, String key, long length) {}

  private final PickleBytes out = new PickleBytes();
  private final int protocol;
  private int memo;

  private PythonPickler(int protocol) {
    this.protocol = protocol;
  }

  /** The pickle of a value. */
  public static byte[] pickle(int protocol, Object value) {
    PythonPickler pickler = new PythonPickler(protocol);
    pickler.out.raw(0x80, protocol);
    if (protocol >= 4) {
      pickler.out.raw(0x95).little(8, 1 << 20); // nobody holds the reader to it
    }
    pickler.write(value);
    return pickler.out.stop();
  }

  private void write(Object value) {
    if (value == null) {
      out.ascii("N");
    } else if (value instanceof Boolean b) {
      out.raw(b ? 0x88 : 0x89);
    } else if (value instanceof Integer || value instanceof Long) {
      integer(((Number) value).longValue());
    } else if (value instanceof Double d) {
      out.ascii("G").little(8, Long.reverseBytes(Double.doubleToLongBits(d)));
    } else if (value instanceof String s) {
      text(s);
    } else if (value instanceof Map<?, ?> map) {
      out.ascii("}");
      remember();
      items(map);
    } else if (value instanceof List<?> list) {
      out.ascii("]");
      remember();
      if (!list.isEmpty()) {
        out.ascii("(");
        list.forEach(this::write);
        out.ascii("e");
      }
    } else {
      special(value);
    }
  }

  private void special(Object value) {
    if (value instanceof Tuple tuple) {
      tuple(tuple.items);
    } else if (value instanceof PySet set) {
      set(set);
    } else if (value instanceof PyBytes bytes) {
      bytes(bytes);
    } else if (value instanceof Name name) {
      name(name);
    } else if (value instanceof PyObject object) {
      object(object);
    } else if (value instanceof StorageRef ref) {
      tuple(List.of("storage", new Name("torch", ref.type), ref.key, "cpu", ref.length));
      out.ascii("Q");
    } else {
      throw new IllegalArgumentException("cannot pickle " + value.getClass());
    }
  }

  private void integer(long value) {
    if (value >= 0 && value < 256) {
      out.ascii("K").raw((int) value);
    } else if (value == (int) value) {
      out.ascii("J").little(4, value);
    } else {
      out.integer(value);
    }
  }

  private void text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (protocol >= 4 && utf8.length < 256) {
      out.raw(0x8c, utf8.length);
      for (byte b : utf8) {
        out.raw(b);
      }
    } else {
      out.text(text);
    }
    remember();
  }

  private void items(Map<?, ?> map) {
    if (!map.isEmpty()) {
      out.ascii("(");
      map.forEach(
          (key, item) -> {
            write(key);
            write(item);
          });
      out.ascii("u");
    }
  }

  private void tuple(List<?> items) {
    if (items.isEmpty()) {
      out.ascii(")");
      return;
    }
    if (items.size() <= 3) {
      items.forEach(this::write);
      out.raw(0x84 + items.size());
    } else {
      out.ascii("(");
      items.forEach(this::write);
      out.ascii("t");
    }
    remember();
  }

  private void set(PySet set) {
    if (protocol < 4) {
      object(
          PyObject.call("__builtin__", set.frozen ? "frozenset" : "set", List.copyOf(set.items)));
    } else if (set.frozen) {
      out.ascii("(");
      set.items.forEach(this::write);
      out.raw(0x91);
      remember();
    } else {
      out.raw(0x8f);
      remember();
      out.ascii("(");
      set.items.forEach(this::write);
      out.raw(0x90);
    }
  }

  private void bytes(PyBytes bytes) {
    if (protocol == 2) {
      object(PyObject.call("_codecs", "encode", "x".repeat(bytes.length), "latin1"));
      return;
    }
    if (bytes.mutable && protocol >= 5) {
      out.raw(0x96).little(8, bytes.length);
    } else if (bytes.length < 256) {
      out.raw('C', bytes.length);
    } else if (protocol >= 4) {
      out.raw(0x8e).little(8, bytes.length);
    } else {
      out.raw('B').little(4, bytes.length);
    }
    out.raw(new int[bytes.length]);
    remember();
  }

  private void name(Name name) {
    if (protocol >= 4) {
      text(name.module);
      text(name.name);
      out.raw(0x93);
    } else {
      out.global(name.module, name.name);
    }
    remember();
  }

  private void object(PyObject object) {
    name(object.callee);
    tuple(object.arguments.items);
    out.raw(object.newObject ? 0x81 : 'R');
    remember();
    items(object.items);
    if (object.state != null) {
      write(object.state);
      out.ascii("b");
    }
  }

  /** As CPython does for everything that may be met again. */
  private void remember() {
    if (protocol >= 4) {
      out.raw(0x94);
    } else if (memo < 256) {
      out.raw('q', memo);
    } else {
      out.raw('r').little(4, memo);
    }
    memo++;
  }
}
