package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ArchiveException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Understands the part of Python's pickle format (protocols 2 to 5, Python's {@code pickletools})
 * that a state_dict needs and nothing else: plain values, containers, and the constructors that
 * {@link TorchConstructors} lists. No class is looked up, no code runs; any other name or operation
 * is refused by name. Lengths are held against what is left of the file before memory is taken, the
 * number of operations is bounded, and containers are never compared, hashed or printed, so that
 * one that holds itself does no harm.
 *
 * <p>A general unpickler was not used: it takes the memory that a length claims before it sees the
 * bytes, and it makes an object of every class it does not know.
 */
final class PickleReader {

  /** A checkpoint with optimizer state and two copies of the largest variant needs a tenth. */
  private static final int MAX_OPERATIONS = 1_000_000;

  private static final int MAX_NAME = 500;

  private static final Object MARK = new Object();

  /** A tuple; distinct from a list because persistent ids and arguments are tuples. */
  record Tuple(List<Object> items) {}

  /** An importable name, {@code module.name}; nothing is imported. */
  record Global(String name) {}

  private final Path path;
  private final ByteBuffer in;
  private final Deque<Object> stack = new ArrayDeque<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  /** Python's None; {@link ArrayDeque} holds no null. */
  static final Object NONE =
      new Object() {
        @Override
        public String toString() {
          return "None";
        }
      };

  private PickleReader(Path path, ByteBuffer in) {
    this.path = path;
    this.in = in.order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads one pickle from the buffer's position and leaves the position behind it.
   *
   * @return a String, Long, BigInteger, Double, Boolean, {@link #NONE}, byte[], List, Map, {@link
   *     Tuple}, or what {@link TorchConstructors} makes
   * @throws ArchiveException naming the file and what was refused
   */
  static Object read(Path path, ByteBuffer in) throws ArchiveException {
    PickleReader reader = new PickleReader(path, in);
    try {
      return reader.run();
    } catch (BufferUnderflowException e) {
      throw new ArchiveException(path + ": the pickle is cut off; download it again", e);
    } catch (RuntimeException e) { // empty stack, missing mark, wrong kind of value
      throw new ArchiveException(
          path + ": damaged pickle near byte " + in.position() + "; download it again", e);
    }
  }

  private Object run() throws ArchiveException {
    for (int operations = 0; operations < MAX_OPERATIONS; operations++) {
      int operation = in.get() & 0xff;
      if (operation == '.') {
        return stack.pop();
      }
      if (!plainValue(operation) && !container(operation) && !memoOrStack(operation)) {
        constructor(operation);
      }
    }
    throw fault(
        "the pickle has more than "
            + MAX_OPERATIONS
            + " operations, no state_dict needs so many; not loaded");
  }

  private boolean plainValue(int operation) throws ArchiveException {
    Object value;
    switch (operation) {
      case 'N' -> value = NONE;
      case 0x88 -> value = Boolean.TRUE;
      case 0x89 -> value = Boolean.FALSE;
      case 'J' -> value = (long) in.getInt();
      case 'K' -> value = (long) (in.get() & 0xff);
      case 'M' -> value = (long) (in.getShort() & 0xffff);
      case 0x8a -> value = integer(in.get() & 0xff);
      case 'G' -> value = Double.longBitsToDouble(Long.reverseBytes(in.getLong()));
      case 'X', 'T' -> value = text(in.getInt());
      case 'U', 0x8c -> value = text(in.get() & 0xff);
      case 0x8d -> value = text(in.getLong());
      case 'B' -> value = bytes(in.getInt());
      case 'C' -> value = bytes(in.get() & 0xff);
      default -> {
        return false;
      }
    }
    stack.push(value);
    return true;
  }

  private boolean container(int operation) {
    switch (operation) {
      case '(' -> stack.push(MARK);
      case ']' -> stack.push(new ArrayList<>());
      case '}' -> stack.push(new LinkedHashMap<>());
      case ')' -> stack.push(new Tuple(List.of()));
      case 't' -> stack.push(new Tuple(popToMark()));
      case 'l' -> stack.push(popToMark());
      case 'd' -> {
        List<Object> items = popToMark();
        stack.push(put(new LinkedHashMap<>(), items));
      }
      case 0x85, 0x86, 0x87 -> stack.push(new Tuple(popLast(operation - 0x84)));
      case 'a' -> {
        Object item = stack.pop();
        list(stack.peek()).add(item);
      }
      case 'e' -> {
        List<Object> items = popToMark();
        list(stack.peek()).addAll(items);
      }
      case 's' -> {
        List<Object> pair = popLast(2);
        put(map(stack.peek()), pair);
      }
      case 'u' -> {
        List<Object> items = popToMark();
        put(map(stack.peek()), items);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean memoOrStack(int operation) throws ArchiveException {
    switch (operation) {
      case 0x80 -> {
        int protocol = in.get() & 0xff;
        if (protocol > 5) {
          throw fault("pickle protocol " + protocol + " is unknown; damaged or not a checkpoint");
        }
      }
      case 0x95 -> in.getLong(); // FRAME: a hint for readers of streams
      case '0' -> stack.pop();
      case '1' -> popToMark();
      case 'q' -> memo.put(in.get() & 0xff, stack.element());
      case 'r' -> memo.put(in.getInt(), stack.element());
      case 0x94 -> memo.put(memo.size(), stack.element());
      case 'h' -> stack.push(memo.get(in.get() & 0xff));
      case 'j' -> stack.push(memo.get(in.getInt()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void constructor(int operation) throws ArchiveException {
    switch (operation) {
      case 'c' -> stack.push(TorchConstructors.global(path, line(), line()));
      case 0x93 -> {
        List<Object> names = popLast(2);
        stack.push(TorchConstructors.global(path, (String) names.get(0), (String) names.get(1)));
      }
      case 'R' -> {
        List<Object> call = popLast(2);
        stack.push(
            TorchConstructors.call(path, (Global) call.get(0), ((Tuple) call.get(1)).items()));
      }
      case 'b' -> { // OrderedDict's own attributes (_metadata): of no use here
        List<Object> build = popLast(2);
        stack.push(map(build.get(0)));
      }
      case 'Q' -> stack.push(TorchConstructors.storage(path, (Tuple) stack.pop()));
      default ->
          throw fault(
              String.format(
                  Locale.ROOT,
                  "pickle operation 0x%02x ('%c') is not one that a state_dict needs; not loaded."
                      + " Save only the weights: torch.save(model.state_dict(), file)",
                  operation,
                  operation >= 32 && operation < 127 ? operation : '?'));
    }
  }

  private Object integer(int bytes) {
    if (bytes == 0) {
      return 0L;
    }
    byte[] value = new byte[bytes];
    for (int i = bytes - 1; i >= 0; i--) {
      value[i] = in.get();
    }
    BigInteger big = new BigInteger(value);
    return big.bitLength() < Long.SIZE ? (Object) big.longValue() : big;
  }

  private String text(long length) throws ArchiveException {
    return new String(bytes(length), StandardCharsets.UTF_8);
  }

  private byte[] bytes(long length) throws ArchiveException {
    if (length < 0 || length > in.remaining()) {
      throw fault(
          "the pickle claims a value of "
              + (length < 0 ? length & 0xffffffffL : length)
              + " bytes where "
              + in.remaining()
              + " are left; damaged or cut off");
    }
    byte[] value = new byte[(int) length];
    in.get(value);
    return value;
  }

  private String line() {
    StringBuilder text = new StringBuilder();
    for (byte b = in.get(); b != '\n'; b = in.get()) {
      text.append((char) (b & 0xff));
      if (text.length() > MAX_NAME) {
        throw new IllegalArgumentException("a name without an end");
      }
    }
    return text.toString();
  }

  private List<Object> popToMark() {
    List<Object> items = new ArrayList<>();
    for (Object item = stack.pop(); item != MARK; item = stack.pop()) {
      items.add(item);
    }
    java.util.Collections.reverse(items);
    return items;
  }

  private List<Object> popLast(int count) {
    Object[] items = new Object[count];
    for (int i = count - 1; i >= 0; i--) {
      items[i] = stack.pop();
    }
    return new ArrayList<>(List.of(items));
  }

  @SuppressWarnings("unchecked") // every list and map on the stack was made above
  private static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  @SuppressWarnings("unchecked")
  private static Map<Object, Object> map(Object value) {
    return (Map<Object, Object>) value;
  }

  /** Keys of state_dicts are strings, of optimizer states integers; others are not hashed. */
  private static Map<Object, Object> put(Map<Object, Object> map, List<Object> pairs) {
    for (int i = 0; i < pairs.size(); i += 2) {
      Object key = pairs.get(i);
      if (!(key instanceof String) && !(key instanceof Long)) {
        throw new IllegalArgumentException("a key that is neither text nor integer");
      }
      map.put(key, pairs.get(i + 1));
    }
    return map;
  }

  private ArchiveException fault(String what) {
    return new ArchiveException(path + ": " + what);
  }
}
