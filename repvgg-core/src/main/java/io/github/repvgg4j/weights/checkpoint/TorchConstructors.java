package io.github.repvgg4j.weights.checkpoint;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.weights.checkpoint.PickleReader.Global;
import io.github.repvgg4j.weights.checkpoint.PickleReader.Tuple;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The constructors that the weights of PyTorch need. What they make are descriptions ({@link
 * Storage}, {@link View}) and maps; no tensor is built here. Whatever else a pickle constructs
 * becomes a {@link PythonObject}.
 */
final class TorchConstructors {

  private static final Set<String> MAPS =
      Set.of(
          "collections.OrderedDict",
          "collections.defaultdict",
          "builtins.dict",
          "__builtin__.dict");

  /** Calls whose first argument says better than their own name what they make. */
  private static final Set<String> MAKERS =
      Set.of(
          "copyreg._reconstructor",
          "copy_reg._reconstructor",
          "copyreg.__newobj__",
          "copyreg.__newobj_ex__",
          "numpy.core.multiarray._reconstruct",
          "numpy._core.multiarray._reconstruct",
          "torch._tensor._rebuild_from_type_v2");

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

  /**
   * A tensor as the pickle describes it: a strided view of a storage; all in elements.
   *
   * @param type of its elements; not the storage's where that is untyped
   */
  record View(
      Storage storage, TensorType type, long offset, List<Long> shape, List<Long> strides) {}

  /** A name; those of {@link DangerousNames} are refused. */
  static Global global(Path path, String module, String name) throws ArchiveException {
    String full = module + "." + name;
    if (module.startsWith("__torch__")) {
      throw new ArchiveException(
          path
              + ": is a TorchScript program ("
              + Printable.text(full)
              + "); save its weights: torch.save(model.state_dict(), file)");
    }
    if (DangerousNames.contains(module, name)) {
      throw new ArchiveException(
          path
              + ": refers to "
              + Printable.text(full)
              + ", which runs or reads more than a checkpoint may; not loaded. Do not load this"
              + " file in Python either, unless you made it");
    }
    return new Global(full);
  }

  private static TensorType storageType(Object type) {
    String name = type instanceof Global global ? global.name() : "";
    if (name.equals("torch.storage.UntypedStorage") || name.equals("torch.UntypedStorage")) {
      return TensorType.UINT8;
    }
    int dot = name.lastIndexOf('.');
    return TensorType.ofTorchStorage(name.substring(dot + 1)).orElse(TensorType.UNKNOWN);
  }

  /** What a call gives, or an object made of a class. */
  static Object call(Path path, Object callee, Tuple arguments) throws ArchiveException {
    List<Object> args = arguments.items();
    if (!(callee instanceof Global global)) {
      return new PythonObject(CheckpointTree.kind(callee));
    }
    if (MAPS.contains(global.name())) {
      return map(args);
    }
    return switch (global.name()) {
      case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" ->
          view(path, args, null);
      case "torch._utils._rebuild_tensor_v3" -> view(path, args, args.get(6));
      case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state" ->
          args.get(0);
      case "torch._tensor._rebuild_from_type_v2" -> call(path, args.get(0), (Tuple) args.get(2));
      case "torch.Size" -> args.isEmpty() ? arguments : args.get(0);
      default -> new PythonObject(nameOf(global, args));
    };
  }

  private static String nameOf(Global callee, List<Object> args) {
    return MAKERS.contains(callee.name()) && !args.isEmpty() && args.get(0) instanceof Global made
        ? made.name()
        : callee.name();
  }

  /** An OrderedDict of Python 2 has its pairs as an argument, a defaultdict its factory. */
  private static Map<Object, Object> map(List<Object> args) {
    Map<Object, Object> map = new LinkedHashMap<>();
    Object last = args.isEmpty() ? null : args.get(args.size() - 1);
    if (last instanceof Map<?, ?> items) {
      map.putAll(items);
    } else if (last instanceof List<?> pairs) {
      for (Object pair : pairs) {
        List<?> two = pair instanceof Tuple tuple ? tuple.items() : (List<?>) pair;
        map.put((String) two.get(0), two.get(1));
      }
    }
    return map;
  }

  /**
   * @param dtype of an untyped storage's elements, such as {@code torch.uint16}; null otherwise
   */
  private static Object view(Path path, List<Object> args, Object dtype) throws ArchiveException {
    if (!(args.get(0) instanceof Storage storage)) {
      return new PythonObject("tensor of " + CheckpointTree.kind(args.get(0)));
    }
    List<Long> shape = longs(args.get(2));
    if (shape.size() > MAX_RANK) {
      throw new ArchiveException(path + ": a tensor with " + shape.size() + " axes; damaged");
    }
    TensorType type = storage.type();
    if (dtype instanceof Global global) {
      type = TensorType.ofTorchDtype(global.name()).orElse(TensorType.UNKNOWN);
    }
    return new View(storage, type, (Long) args.get(1), shape, longs(args.get(3)));
  }

  private static List<Long> longs(Object tuple) {
    return ((Tuple) tuple).items().stream().map(Long.class::cast).toList();
  }

  /**
   * A storage, from {@code ('storage', type, key, device, length[, view])}, or a class, from {@code
   * ('module', class, file, source)}; other ids are of unknown kind.
   */
  static Object persistent(Path path, Object id) throws ArchiveException {
    List<Object> items = id instanceof Tuple tuple ? tuple.items() : List.of();
    if (items.size() > 1 && "module".equals(items.get(0))) {
      return items.get(1);
    }
    if (items.size() < 5 || !"storage".equals(items.get(0))) {
      return new PythonObject("persistent id");
    }
    long length = (Long) items.get(4);
    long offset = 0;
    if (items.size() > 5 && items.get(5) instanceof Tuple view) {
      offset = (Long) view.items().get(1);
    }
    if (length < 0 || offset < 0) {
      throw new ArchiveException(path + ": a storage of " + length + " elements; damaged file");
    }
    String key = Printable.text((String) items.get(2));
    return new Storage(storageType(items.get(1)), key, length, offset);
  }
}
