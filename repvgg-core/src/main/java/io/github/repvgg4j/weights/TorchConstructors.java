package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.weights.PickleReader.Global;
import io.github.repvgg4j.weights.PickleReader.Tuple;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The allow-list: the constructors that a state_dict of PyTorch needs. What they make are
 * descriptions ({@link Storage}, {@link View}); no tensor is built here.
 */
final class TorchConstructors {

  private static final String ORDERED_DICT = "collections.OrderedDict";
  private static final String TENSOR = "torch._utils._rebuild_tensor";
  private static final String TENSOR_2 = "torch._utils._rebuild_tensor_v2";
  private static final String PARAMETER = "torch._utils._rebuild_parameter";
  private static final String SIZE = "torch.Size";
  private static final Set<String> CALLABLE =
      Set.of(ORDERED_DICT, TENSOR, TENSOR_2, PARAMETER, SIZE);
  private static final int MAX_RANK = 16;

  private TorchConstructors() {}

  /**
   * A storage as the pickle names it.
   *
   * @param type of its elements
   * @param key its name in the file
   * @param length in elements
   * @param offset where a view of a storage begins, in elements (files before PyTorch 0.4)
   */
  record Storage(TensorType type, String key, long length, long offset) {}

  /** A tensor as the pickle describes it: a strided view of a storage; all in elements. */
  record View(Storage storage, long offset, List<Long> shape, List<Long> strides) {}

  /** A name that may be used; fails for all others. */
  static Global global(Path path, String module, String name) throws ArchiveException {
    String full = module + "." + name;
    if (CALLABLE.contains(full) || storageType(full) != null) {
      return new Global(full);
    }
    if (module.startsWith("__torch__")) {
      throw new ArchiveException(
          path
              + ": is a TorchScript program ("
              + Printable.text(full)
              + "); save its weights: torch.save(model.state_dict(), file)");
    }
    throw new ArchiveException(
        path
            + ": refers to "
            + Printable.text(full)
            + ", which no state_dict needs; not loaded. Save only the weights:"
            + " torch.save(model.state_dict(), file)");
  }

  private static TensorType storageType(String full) {
    return full.startsWith("torch.")
        ? TensorType.ofTorchStorage(full.substring("torch.".length())).orElse(null)
        : null;
  }

  /** What calling an allowed name gives. */
  static Object call(Path path, Global callee, List<Object> args) throws ArchiveException {
    return switch (callee.name()) {
      case ORDERED_DICT -> orderedDict(args);
      case TENSOR, TENSOR_2 ->
          view(path, (Storage) args.get(0), args.get(1), args.get(2), args.get(3));
      case PARAMETER -> (View) args.get(0);
      case SIZE -> (Tuple) args.get(0);
      default ->
          throw new ArchiveException(path + ": calls " + callee.name() + ", which is no function");
    };
  }

  private static Map<Object, Object> orderedDict(List<Object> args) {
    Map<Object, Object> map = new LinkedHashMap<>();
    if (!args.isEmpty()) { // Python 2 gave the pairs as an argument
      for (Object pair : (List<?>) args.get(0)) {
        List<?> two = pair instanceof Tuple tuple ? tuple.items() : (List<?>) pair;
        map.put((String) two.get(0), two.get(1));
      }
    }
    return map;
  }

  private static View view(Path path, Storage storage, Object offset, Object shape, Object strides)
      throws ArchiveException {
    View view = new View(storage, (Long) offset, longs(shape), longs(strides));
    if (view.shape.size() > MAX_RANK) {
      throw new ArchiveException(path + ": a tensor with " + view.shape.size() + " axes; damaged");
    }
    return view;
  }

  private static List<Long> longs(Object tuple) {
    return ((Tuple) tuple).items().stream().map(Long.class::cast).toList();
  }

  /** From {@code ('storage', type, key, device, length[, view])}. */
  static Storage storage(Path path, Tuple id) throws ArchiveException {
    List<Object> items = id.items();
    TensorType type = storageType(((Global) items.get(1)).name());
    if (!"storage".equals(items.get(0)) || type == null) {
      throw new ArchiveException(path + ": a persistent id that is no storage; damaged file");
    }
    long length = (Long) items.get(4);
    long offset = 0;
    if (items.size() > 5 && items.get(5) instanceof Tuple view) {
      offset = (Long) view.items().get(1);
    }
    if (length < 0 || offset < 0) {
      throw new ArchiveException(path + ": a storage of " + length + " elements; damaged file");
    }
    return new Storage(type, Printable.text((String) items.get(2)), length, offset);
  }
}
