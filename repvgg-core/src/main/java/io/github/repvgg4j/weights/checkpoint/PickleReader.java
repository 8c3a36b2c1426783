package io.github.repvgg4j.weights.checkpoint;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.weights.checkpoint.TorchConstructors.Storage;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads Python's pickle format (protocols 0 to 5, Python's {@code pickletools}) as data. No class
 * is looked up, no code runs: what {@link TorchConstructors} knows becomes descriptions of tensors,
 * every other object becomes a {@link PythonObject} that keeps nothing but its name. Lengths are
 * held against what is left of the file before memory is taken, the number of operations is
 * bounded, and containers are never compared, hashed or printed, so that one that holds itself does
 * no harm.
 *
 * <p>A general unpickler was not used: it takes the memory that a length claims before it sees the
 * bytes, and it makes an object of every class it does not know.
 */
final class PickleReader {

  /** A checkpoint with optimizer state and two copies of the largest variant needs a tenth. */
  private static final int MAX_OBJECTS = 1_000_000;

  /** Histories of losses are long, but each number takes little. */
  private static final int MAX_OPERATIONS = 4_000_000;

  /** A tuple; distinct from a list because persistent ids and arguments are tuples. */
  record Tuple(List<Object> items) {}

  /** An importable name, {@code module.name}; nothing is imported. */
  record Global(String name) {}

  /** Python's None; the stack holds no null. */
  static final Object NONE =
      new Object() {
        @Override
        public String toString() {
          return "None";
        }
      };

  /**
   * A pickle's value.
   *
   * @param root a String, Long, BigInteger, Double, Boolean, {@link #NONE}, List, Map, {@link
   *     Tuple}, {@link Global}, {@link PythonObject}, or what {@link TorchConstructors} makes
   * @param storages all that the pickle mentions, by their keys
   */
  record Contents(Object root, Map<String, Storage> storages) {}

  private final Path path;
  private final PickleInput in;
  private final PickleStack stack = new PickleStack();
  private final Map<Long, Object> memo = new HashMap<>();
  private final Map<String, Storage> storages = new LinkedHashMap<>();
  private int objects;

  private PickleReader(Path path, PickleInput in) {
    this.path = path;
    this.in = in;
  }

  /**
   * Reads one pickle from the buffer's position and leaves the position behind it.
   *
   * @throws ArchiveException naming the file and what was refused
   */
  static Contents read(Path path, ByteBuffer in) throws ArchiveException {
    PickleReader reader = new PickleReader(path, new PickleInput(path, in));
    try {
      return new Contents(reader.run(), reader.storages);
    } catch (BufferUnderflowException e) {
      throw new ArchiveException(path + ": the pickle is cut off; download it again", e);
    } catch (RuntimeException e) { // empty stack, missing mark, wrong kind of value
      throw new ArchiveException(
          path + ": damaged pickle near byte " + in.position() + "; download it again", e);
    }
  }

  private Object run() throws ArchiveException {
    for (int operations = 0; operations < MAX_OPERATIONS; operations++) {
      int operation = in.uint8();
      if (operation == '.') {
        return stack.pop();
      }
      if (!number(operation)
          && !text(operation)
          && !emptyContainer(operation)
          && !filling(operation)
          && !memoOrStack(operation)
          && !foreign(operation)) {
        constructor(operation);
      }
    }
    throw tooMany(MAX_OPERATIONS, "operations");
  }

  private boolean number(int operation) throws ArchiveException {
    Object value;
    switch (operation) {
      case 'N' -> value = NONE;
      case 0x88 -> value = Boolean.TRUE;
      case 0x89 -> value = Boolean.FALSE;
      case 'J' -> value = (long) in.int32();
      case 'K' -> value = (long) in.uint8();
      case 'M' -> value = (long) in.uint16();
      case 0x8a -> value = in.integer(in.uint8());
      case 0x8b -> value = in.integer(in.uint32());
      case 'G' -> value = in.float64();
      case 'I', 'L' -> value = in.decimal();
      case 'F' -> value = Double.valueOf(in.line());
      default -> {
        return false;
      }
    }
    stack.push(value);
    return true;
  }

  private boolean text(int operation) throws ArchiveException {
    Object value;
    switch (operation) {
      case 'X', 'T' -> value = in.text(in.uint32());
      case 'U', 0x8c -> value = in.text(in.uint8());
      case 0x8d -> value = in.text(in.int64());
      case 'S' -> value = unquoted(in.line());
      case 'V' -> value = in.line();
      case 'B' -> value = in.bytes(in.uint32(), "bytes");
      case 'C' -> value = in.bytes(in.uint8(), "bytes");
      case 0x8e -> value = in.bytes(in.int64(), "bytes");
      case 0x96 -> value = in.bytes(in.int64(), "bytearray");
      case 0x97 -> value = new PythonObject("buffer");
      default -> {
        return false;
      }
    }
    stack.push(value);
    return true;
  }

  private static String unquoted(String line) {
    return line.substring(1, line.length() - 1);
  }

  private boolean emptyContainer(int operation) throws ArchiveException {
    switch (operation) {
      case '(' -> stack.mark();
      case ']' -> made(new ArrayList<>());
      case '}' -> made(new LinkedHashMap<>());
      case ')' -> made(new Tuple(List.of()));
      case 0x8f -> made(new PythonObject("set"));
      case 't' -> made(new Tuple(stack.popToMark()));
      case 'l' -> made(stack.popToMark());
      case 'd' -> {
        List<Object> items = stack.popToMark();
        made(PickleStack.put(new LinkedHashMap<>(), items));
      }
      case 0x91 -> {
        stack.popToMark();
        made(new PythonObject("frozenset"));
      }
      case 0x85, 0x86, 0x87 -> made(new Tuple(stack.popLast(operation - 0x84)));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean filling(int operation) {
    switch (operation) {
      case 'a' -> stack.append(stack.popLast(1));
      case 'e' -> stack.append(stack.popToMark());
      case 's' -> stack.setItems(stack.popLast(2));
      case 'u' -> stack.setItems(stack.popToMark());
      case 0x90 -> stack.popToMark(); // into a set, which is never looked into
      case 'b' -> stack.pop(); // attributes; of an OrderedDict its _metadata
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean memoOrStack(int operation) throws ArchiveException {
    switch (operation) {
      case 0x80 -> {
        int protocol = in.uint8();
        if (protocol > 5) {
          throw fault("pickle protocol " + protocol + " is unknown; damaged or not a checkpoint");
        }
      }
      case 0x95 -> in.int64(); // FRAME: a hint for readers of streams
      case 0x98 -> stack.top(); // READONLY_BUFFER
      case '0' -> stack.pop();
      case '1' -> stack.popToMark();
      case '2' -> stack.push(stack.top());
      case 'q' -> memo.put((long) in.uint8(), stack.top());
      case 'r' -> memo.put(in.uint32(), stack.top());
      case 'p' -> memo.put(Long.valueOf(in.line()), stack.top());
      case 0x94 -> memo.put((long) memo.size(), stack.top());
      case 'h' -> stack.push(memo.get((long) in.uint8()));
      case 'j' -> stack.push(memo.get(in.uint32()));
      case 'g' -> stack.push(memo.get(Long.valueOf(in.line())));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** What only the program that wrote it can resolve. */
  private boolean foreign(int operation) throws ArchiveException {
    switch (operation) {
      case 0x82 -> made(new PythonObject("extension " + in.uint8()));
      case 0x83 -> made(new PythonObject("extension " + in.uint16()));
      case 0x84 -> made(new PythonObject("extension " + in.uint32()));
      case 'P' -> {
        in.line();
        made(new PythonObject("persistent id"));
      }
      case 'Q' -> persistent(stack.pop());
      default -> {
        return false;
      }
    }
    return true;
  }

  private void constructor(int operation) throws ArchiveException {
    switch (operation) {
      case 'c' -> made(TorchConstructors.global(path, in.line(), in.line()));
      case 0x93 -> {
        List<Object> names = stack.popLast(2);
        made(TorchConstructors.global(path, (String) names.get(0), (String) names.get(1)));
      }
      case 'R', 0x81 -> {
        List<Object> call = stack.popLast(2);
        made(TorchConstructors.call(path, call.get(0), (Tuple) call.get(1)));
      }
      case 0x92 -> {
        List<Object> call = stack.popLast(3); // class, arguments, named arguments
        made(TorchConstructors.call(path, call.get(0), (Tuple) call.get(1)));
      }
      case 'i' -> {
        Global callee = TorchConstructors.global(path, in.line(), in.line());
        made(TorchConstructors.call(path, callee, new Tuple(stack.popToMark())));
      }
      case 'o' -> {
        List<Object> call = stack.popToMark();
        Tuple arguments = new Tuple(call.subList(1, call.size()));
        made(TorchConstructors.call(path, call.get(0), arguments));
      }
      default ->
          throw fault(
              String.format(
                  Locale.ROOT,
                  "byte 0x%02x before byte %d is no operation of a pickle; damaged file",
                  operation,
                  in.position()));
    }
  }

  private void persistent(Object id) throws ArchiveException {
    Object value = TorchConstructors.persistent(path, id);
    if (value instanceof Storage storage) {
      storages.put(storage.key(), storage);
    }
    made(value);
  }

  private void made(Object value) throws ArchiveException {
    if (++objects > MAX_OBJECTS) {
      throw tooMany(MAX_OBJECTS, "objects");
    }
    stack.push(value);
  }

  private ArchiveException tooMany(int most, String what) {
    return fault(
        "the pickle has more than "
            + most
            + " "
            + what
            + ", which no checkpoint of this network needs; not loaded");
  }

  private ArchiveException fault(String what) {
    return new ArchiveException(path + ": " + what);
  }
}
