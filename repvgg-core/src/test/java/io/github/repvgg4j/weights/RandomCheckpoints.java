package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.PythonPickler.Name;
import io.github.repvgg4j.testkit.PythonPickler.PyBytes;
import io.github.repvgg4j.testkit.PythonPickler.PyObject;
import io.github.repvgg4j.testkit.PythonPickler.PySet;
import io.github.repvgg4j.testkit.PythonPickler.Tuple;
import io.github.repvgg4j.weights.checkpoint.CheckpointFiles;
import io.github.repvgg4j.weights.checkpoint.Tensor;
import io.github.repvgg4j.weights.checkpoint.TensorType;
import io.github.repvgg4j.weights.checkpoint.TorchFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Checkpoints as strangers save them: any naming, form, prefix, nesting, container, element type,
 * kind of key, with all sorts of things beside the weights; some with a fault that must be named.
 */
final class RandomCheckpoints {

  private static final List<String> PREFIXES =
      List.of(
          "", "module.", "model.", "net.", "_orig_mod.", "backbone_net.", "a.b.c.", "module.0.");

  private static final List<String> PLACES =
      List.of("model", "state_dict", "net", "weights", "params", "ckpt", "student", "0");

  /**
   * One checkpoint.
   *
   * @param spec its network
   * @param plain the weights that are meant, as they are
   * @param fault a piece of the message that must come; null where it must be imported
   */
  record Sample(Path file, RepVggSpec spec, Map<String, Tensor> plain, String fault) {}

  private final Random random;
  private final Path folder;

  RandomCheckpoints(long seed, Path folder) {
    this.random = new Random(seed);
    this.folder = folder;
  }

  Sample next() throws Exception {
    RepVggSpec spec = RandomWeights.spec(random);
    Form form = Form.values()[random.nextInt(2)];
    Naming naming = pick(List.of(Naming.values()));
    Map<String, Tensor> plain = RandomWeights.of(spec, form, naming, random);
    TensorType type =
        pick(
            List.of(
                TensorType.FLOAT32, TensorType.FLOAT64, TensorType.FLOAT16, TensorType.BFLOAT16));
    for (Map.Entry<String, Tensor> entry : plain.entrySet()) {
      if (entry.getValue().type() == TensorType.FLOAT32 && random.nextInt(10) > 0) {
        entry.setValue(RandomWeights.as(entry.getValue(), type));
      }
    }
    Map<String, Tensor> saved = new LinkedHashMap<>(plain);
    String fault = random.nextInt(4) == 0 ? breakOne(saved, naming, form) : null;
    Map<String, Tensor> flat = new LinkedHashMap<>();
    String prefix = pick(PREFIXES);
    saved.forEach((name, tensor) -> flat.put(prefix + name, tensor));
    beside(flat, prefix);
    Path file = folder.resolve("checkpoint");
    if (random.nextInt(4) == 0) {
      CheckpointFiles.save(folder.resolve("checkpoint.safetensors"), flat);
      return new Sample(folder.resolve("checkpoint.safetensors"), spec, plain, fault);
    }
    TorchFile torch = new TorchFile(random);
    Object root = nested(torch, flat);
    int protocol = 2 + random.nextInt(4);
    Files.write(
        file, random.nextBoolean() ? torch.zip(protocol, root) : torch.legacy(protocol, root));
    return new Sample(file, spec, plain, fault);
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  /** Returns what the message must say. */
  private String breakOne(Map<String, Tensor> saved, Naming naming, Form form) throws Exception {
    List<String> names =
        saved.keySet().stream().filter(name -> !name.endsWith(Dialect.BATCH_COUNT)).toList();
    String name = pick(names);
    Tensor tensor = saved.get(name);
    switch (random.nextInt(4)) {
      case 0 -> {
        saved.remove(name);
        return "tensor " + name + ": expected " + tensor.shape() + ", found none";
      }
      case 1 -> {
        List<Long> shape = new ArrayList<>(tensor.shape());
        shape.set(0, shape.get(0) + 1);
        saved.put(name, RandomWeights.floats(shape, false, random));
        return "tensor " + name + ": expected " + tensor.shape() + ", found " + shape;
      }
      case 2 -> {
        TensorType type = pick(List.of(TensorType.INT64, TensorType.COMPLEX64));
        saved.put(name, RandomWeights.as(tensor, type));
        return "tensor "
            + name
            + " holds "
            + type
            + ", expected FLOAT32, FLOAT64, FLOAT16 or BFLOAT16";
      }
      default -> {
        String extra =
            naming.of(BlockKind.REPVGG).block(0, 0)
                + (form == Form.FAST ? "prelu" : "rbr_3x1")
                + ".weight";
        saved.put(extra, RandomWeights.floats(List.of(2L), false, random));
        return "tensor " + extra + ": expected none, found [2]";
      }
    }
  }

  /** Tensors that training leaves in the same map. */
  private void beside(Map<String, Tensor> flat, String prefix) throws Exception {
    if (random.nextBoolean()) {
      flat.put("criterion.weight", RandomWeights.floats(List.of(3L), false, random));
      flat.put("steps", Tensor.ofLong(7));
    }
    if (random.nextInt(3) == 0) {
      flat.put(prefix + "total_ops", RandomWeights.floats(List.of(1L), true, random));
      flat.put("n_averaged", Tensor.ofLong(3));
      flat.put("über.weight", RandomWeights.floats(List.of(2L), false, random));
    }
    if (random.nextInt(3) == 0) {
      Tensor numbers = RandomWeights.floats(List.of(2L, 2L), false, random);
      flat.put("phases", RandomWeights.as(numbers, TensorType.COMPLEX64));
    }
  }

  private Object nested(TorchFile torch, Map<String, Tensor> flat) throws Exception {
    Map<Object, Object> weights = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> entry : flat.entrySet()) {
      weights.put(entry.getKey(), torch.tensor(entry.getValue()));
    }
    Object value = container(weights);
    int depth = random.nextInt(4);
    for (int level = 0; level < depth; level++) {
      Map<Object, Object> outer = new LinkedHashMap<>();
      int before = random.nextInt(3);
      for (int i = 0; i < before; i++) {
        outer.put(key(), something(torch));
      }
      outer.put(random.nextInt(8) == 0 ? (Object) 17L : pick(PLACES), value);
      if (random.nextInt(3) == 0) {
        outer.put("best_acc1", torch.tensor(Tensor.ofFloats(List.of(), new float[] {70})));
        outer.put("best_acc5", torch.tensor(Tensor.ofFloats(List.of(), new float[] {90})));
      }
      if (random.nextInt(4) == 0) {
        outer.put("model_ema", half(torch, flat));
      }
      value =
          random.nextInt(6) == 0
              ? random.nextBoolean() ? new Tuple(List.of(outer, 3L)) : List.of(outer)
              : container(outer);
    }
    return value;
  }

  /** A dict, an OrderedDict, a defaultdict or a subclass of a user's. */
  private Object container(Map<Object, Object> items) {
    Name ordered = new Name("collections", "OrderedDict");
    return switch (random.nextInt(4)) {
      case 0 -> items;
      case 1 -> new PyObject(ordered, Tuple.of(), Map.of("_metadata", Map.of()), items, false);
      case 2 ->
          new PyObject(
              new Name("collections", "defaultdict"),
              Tuple.of(new Name("builtins", "list")),
              null,
              items,
              false);
      default -> new PyObject(new Name("addict.addict", "Dict"), Tuple.of(), Map.of(), items, true);
    };
  }

  /** An average that lacks some weights, so the whole ones fit better. */
  private Object half(TorchFile torch, Map<String, Tensor> flat) throws Exception {
    Map<Object, Object> part = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> entry : flat.entrySet()) {
      if (part.size() < flat.size() / 3) {
        part.put(entry.getKey(), torch.tensor(entry.getValue()));
      }
    }
    return part;
  }

  private Object key() {
    return switch (random.nextInt(7)) {
      case 0 -> (long) random.nextInt(100);
      case 1 -> random.nextDouble();
      case 2 -> Tuple.of(random.nextInt(9), "a");
      case 3 -> true;
      case 4 -> new PyObject(new Name("models", "Stage"), Tuple.of(1L), null, Map.of(), false);
      default -> "extra" + random.nextInt(1000);
    };
  }

  /** What training scripts store beside the weights. */
  private Object something(TorchFile torch) throws Exception {
    return switch (random.nextInt(16)) {
      case 0 -> PyObject.instance("argparse", "Namespace", Map.of("lr", 0.1, "betas", 2L));
      case 1 -> PyObject.call("collections", "Counter", Map.of(30L, 1L, 60L, 1L));
      case 2 ->
          PyObject.call(
              "numpy.core.multiarray",
              "scalar",
              PyObject.call("numpy", "dtype", "f8", false, true),
              new PyBytes(false, 8));
      case 3 -> new Name("torch", "float32");
      case 4 -> new PySet(random.nextBoolean(), List.of(1L, "two"));
      case 5 -> new PyBytes(random.nextBoolean(), 1 + random.nextInt(600));
      case 6 -> PyObject.call("torch", "device", "cuda", 0L);
      case 7 -> PyObject.call("torch", "Size", Tuple.of(1L, 2L));
      case 8 -> PyObject.call("functools", "partial", new Name("torch.optim", "SGD"));
      case 9 -> PyObject.call("pathlib", "PosixPath", "/", "data");
      case 10 -> PyObject.call("datetime", "datetime", new PyBytes(false, 10));
      case 11 -> PyObject.call("my.project", "Phase", 2L);
      case 12 -> torch.tensor(RandomWeights.floats(List.of(5L), false, random));
      case 13 -> optimizer(torch);
      case 14 -> List.of(0.5, 0.25, 1L << 40, Tuple.of());
      default -> null;
    };
  }

  private Object optimizer(TorchFile torch) throws Exception {
    Map<Object, Object> state = new LinkedHashMap<>();
    for (long i = 0; i < 4; i++) {
      state.put(
          i,
          Map.of(
              "exp_avg",
              torch.tensor(RandomWeights.floats(List.of(3L, 3L), false, random)),
              "step",
              i));
    }
    return Map.of("state", state, "param_groups", List.of(Map.of("lr", 0.1)));
  }
}
