package io.github.repvgg4j.weights.checkpoint;

import io.github.repvgg4j.testkit.PickleBytes;
import io.github.repvgg4j.testkit.PythonPickler;
import io.github.repvgg4j.testkit.PythonPickler.Name;
import io.github.repvgg4j.testkit.PythonPickler.PyObject;
import io.github.repvgg4j.testkit.PythonPickler.StorageRef;
import io.github.repvgg4j.testkit.PythonPickler.Tuple;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Writes what {@code torch.save} writes, with tensors that lie in their storages in the ways of
 * PyTorch: gapless, within a larger storage, with permuted axes.
 */
public final class TorchFile {

  private final Random random;
  private final Map<String, byte[]> storages = new LinkedHashMap<>();
  private final Map<String, Long> lengths = new LinkedHashMap<>();

  public TorchFile(Random random) {
    this.random = random;
  }

  /** A value for the pickle; its numbers go into a storage of their own. */
  public Object tensor(Tensor tensor) throws Exception {
    int rank = tensor.shape().size();
    List<Integer> order = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      order.add(axis);
    }
    if (random.nextInt(3) == 0) {
      java.util.Collections.shuffle(order, random); // channels_last and every other permutation
    }
    long[] strides = new long[rank];
    long step = 1;
    for (int i = rank - 1; i >= 0; i--) {
      strides[order.get(i)] = step;
      step *= tensor.shape().get(order.get(i));
    }
    int offset = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 0;
    int width = tensor.type().width();
    long length = offset + tensor.length() + random.nextInt(3);
    byte[] bytes = new byte[(int) length * width];
    scatter(tensor, strides, offset, bytes);
    for (int axis = 0; axis < rank; axis++) {
      if (tensor.shape().get(axis) == 1) {
        strides[axis] = random.nextInt(1000); // means nothing
      }
    }
    String key = Integer.toString(storages.size());
    storages.put(key, bytes);
    lengths.put(key, length);
    Object view =
        new PyObject(
            new Name("torch._utils", "_rebuild_tensor_v2"),
            Tuple.of(
                new StorageRef(tensor.type().torchStorage(), key, length),
                offset,
                new Tuple(tensor.shape()),
                new Tuple(java.util.Arrays.stream(strides).boxed().toList()),
                false,
                PyObject.call("collections", "OrderedDict")),
            null,
            Map.of(),
            false);
    return random.nextInt(6) == 0
        ? PyObject.call(
            "torch._utils",
            "_rebuild_parameter",
            view,
            true,
            PyObject.call("collections", "OrderedDict"))
        : view;
  }

  private static void scatter(Tensor tensor, long[] strides, int offset, byte[] target)
      throws Exception {
    int width = tensor.type().width();
    ByteBuffer in = tensor.content().bytes();
    long[] index = new long[strides.length];
    for (long i = 0; i < tensor.length(); i++) {
      long at = offset;
      for (int axis = 0; axis < index.length; axis++) {
        at += index[axis] * strides[axis];
      }
      in.get((int) i * width, target, (int) at * width, width);
      for (int axis = index.length - 1;
          axis >= 0 && ++index[axis] == tensor.shape().get(axis);
          axis--) {
        index[axis] = 0;
      }
    }
  }

  /** The zip container. */
  public byte[] zip(int protocol, Object root) throws Exception {
    List<Object> entries = new ArrayList<>();
    entries.add("archive/data.pkl");
    entries.add(PythonPickler.pickle(protocol, root));
    storages.forEach(
        (key, bytes) -> {
          entries.add("archive/data/" + key);
          entries.add(bytes);
        });
    return PickleBytes.zip(entries.toArray());
  }

  /** The container before PyTorch 1.6. */
  public byte[] legacy(int protocol, Object root) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(PickleBytes.legacyHead().bytes());
    out.writeBytes(PythonPickler.pickle(protocol, root));
    out.writeBytes(PythonPickler.pickle(protocol, List.copyOf(storages.keySet())));
    storages.forEach(
        (key, bytes) -> {
          out.writeBytes(Tensor.littleEndian(Long.BYTES).putLong(0, lengths.get(key)).array());
          out.writeBytes(bytes);
        });
    return out.toByteArray();
  }
}
