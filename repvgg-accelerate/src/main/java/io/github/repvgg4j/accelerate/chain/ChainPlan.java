package io.github.repvgg4j.accelerate.chain;

import io.github.repvgg4j.accelerate.helper.OneDnn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.PointerScope;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * All primitives for one input shape, forward and backward. Each activation's memory lives until
 * its last use in the backward pass and then serves gradients.
 */
final class ChainPlan implements AutoCloseable {

  private final Layouts layouts;
  private final INDArray parameters;
  private final INDArray gradient;
  private final Arena arena = new Arena(OneDnn.cpu());
  private final Tape forward = new Tape(arena);
  private final Tape backward = new Tape(arena);
  private final Map<String, Activation> activations = new HashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();
  private final Map<String, Runnable> backwardSteps = new LinkedHashMap<>();
  private final List<RunningStatistics> statistics = new ArrayList<>();
  private memory input;
  private Classifier classifier;

  /**
   * @param parameters flat vector, read at each run
   * @param gradient flat vector, written at each run
   * @param dims {@code [N, C, H, W]} of the input
   * @throws ChainUnsupportedException where oneDNN has no fast code for a node in this layout
   */
  ChainPlan(
      List<ChainNode> nodes, Layouts layouts, INDArray parameters, INDArray gradient, long[] dims)
      throws ChainUnsupportedException {
    this.layouts = layouts;
    this.parameters = parameters;
    this.gradient = gradient;
    nodes.forEach(node -> node.sources().forEach(source -> readers.merge(source, 1, Integer::sum)));
    try (PointerScope scope = new PointerScope()) {
      String inputName = nodes.get(0).sources().get(0);
      memory.desc plain = arena.keep(Layouts.images(dims));
      input = arena.keep(new memory(plain, OneDnn.cpu(), null));
      activations.put(inputName, new Activation(dims, plain, input, null, readers.get(inputName)));
      for (ChainNode node : nodes) {
        add(node);
      }
      List<Runnable> steps = new ArrayList<>(backwardSteps.values());
      for (int i = steps.size() - 1; i >= 0; i--) {
        steps.get(i).run();
      }
    } catch (ChainUnsupportedException | RuntimeException | Error e) {
      close();
      throw e;
    }
    activations.clear();
    backwardSteps.clear();
  }

  private void add(ChainNode node) throws ChainUnsupportedException {
    if (node instanceof ChainNode.Convolution convolution) {
      add(convolution);
    } else if (node instanceof ChainNode.Norm norm) {
      add(norm);
    } else if (node instanceof ChainNode.Sum sum) {
      add(sum);
    } else if (node instanceof ChainNode.Head head) {
      add(head);
    }
  }

  private void add(ChainNode.Convolution node) throws ChainUnsupportedException {
    Activation source = activations.get(node.source());
    ConvolutionPrimitives primitives = new ConvolutionPrimitives(node, layouts, source);
    requireFast(node, primitives.isFast());
    memory weights = view(parameters, node.weights(), primitives.parameterLayout());
    memory weightGradient = view(gradient, node.weights(), primitives.parameterLayout());
    Activation result = newActivation(node.name(), primitives.target());
    primitives.forward(forward, weights, result.value());
    backwardSteps.put(
        node.name(),
        () -> {
          Arena.Lease delta = gradientOf(node.name(), result);
          primitives.backwardWeights(backward, delta.memory(), weightGradient);
          if (!source.isInput()) {
            source.addGradient(primitives.backwardData(backward, weights, delta.memory()));
          }
          delta.release();
        });
  }

  private void add(ChainNode.Norm node) throws ChainUnsupportedException {
    Activation source = activations.get(node.source());
    NormPrimitives primitives = new NormPrimitives(node, source);
    requireFast(node, primitives.isFast());
    RunningStatistics running = new RunningStatistics(node, parameters, gradient);
    statistics.add(running);
    NormPrimitives.Vectors vectors =
        new NormPrimitives.Vectors(
            view(parameters, node.gamma()),
            view(parameters, node.beta()),
            vector(running.batchMean()),
            vector(running.batchVariance()));
    memory gammaGradient = view(gradient, node.gamma());
    memory betaGradient = view(gradient, node.beta());
    Activation result = newActivation(node.name(), source.dims());
    primitives.forward(forward, vectors, result.value());
    backwardSteps.put(
        node.name(),
        () -> {
          Arena.Lease delta = gradientOf(node.name(), result);
          Arena.Lease share =
              primitives.backward(backward, vectors, delta.memory(), gammaGradient, betaGradient);
          delta.release();
          source.releaseIfOnlyReader();
          source.addGradient(share);
        });
  }

  private void add(ChainNode.Sum node) {
    List<Activation> sources = node.sources().stream().map(activations::get).toList();
    Activation first = sources.get(0);
    Activation result = newActivation(node.name(), first.dims());
    SumPrimitives.sum(
        forward,
        node.name(),
        first.layout(),
        sources.stream().map(Activation::value).toList(),
        node.relu(),
        result.value());
    sources.forEach(Activation::releaseIfOnlyReader);
    backwardSteps.put(
        node.name(),
        () -> {
          Arena.Lease delta = gradientOf(node.name(), result);
          if (node.relu()) {
            delta = throughRelu(node.name(), result, delta);
          }
          for (Activation source : sources) {
            source.addGradient(delta.share());
          }
          delta.release();
        });
  }

  private Arena.Lease throughRelu(String name, Activation result, Arena.Lease delta) {
    Arena.Lease written = delta.isShared() ? arena.take(result.layout()) : delta;
    SumPrimitives.reluBackward(
        backward, name, result.layout(), result.value(), delta.memory(), written.memory());
    if (written != delta) {
      delta.release();
    }
    return written;
  }

  private void add(ChainNode.Head node) {
    Activation source = activations.get(node.source());
    long images = source.dims()[0];
    classifier = new Classifier(node, images, parameters, gradient);
    PoolPrimitives pool = new PoolPrimitives(node.name(), layouts, source);
    memory.desc plain = arena.keep(Layouts.images(new long[] {images, node.features(), 1, 1}));
    pool.forward(forward, at(classifier.features(), 0, plain));
    memory featureGradient = at(classifier.featureGradient(), 0, plain);
    backwardSteps.put(
        node.name(), () -> source.addGradient(pool.backward(backward, featureGradient)));
  }

  private Activation newActivation(String name, long[] dims) {
    memory.desc layout = arena.keep(layouts.activation(dims));
    Arena.Lease lease = arena.take(layout);
    Activation activation =
        new Activation(dims, layout, lease.memory(), lease, readers.getOrDefault(name, 0));
    activations.put(name, activation);
    return activation;
  }

  /** The sum of the readers' shares. */
  private Arena.Lease gradientOf(String name, Activation activation) {
    List<Arena.Lease> shares = activation.gradients();
    if (shares.size() == 1) {
      return shares.get(0);
    }
    Arena.Lease total = arena.take(activation.layout());
    SumPrimitives.sum(
        backward,
        name,
        activation.layout(),
        shares.stream().map(Arena.Lease::memory).toList(),
        false,
        total.memory());
    shares.forEach(Arena.Lease::release);
    return total;
  }

  private void requireFast(ChainNode node, boolean fast) throws ChainUnsupportedException {
    if (!fast) {
      throw new ChainUnsupportedException(
          node.name() + ": oneDNN has no generated code for it in layout " + layouts.tag());
    }
  }

  private memory view(INDArray flat, ChainNode.Slice slice) {
    return view(flat, slice, Layouts.vector(slice.length()));
  }

  private memory view(INDArray flat, ChainNode.Slice slice, memory.desc layout) {
    return at(flat, slice.offset(), layout);
  }

  private memory vector(INDArray array) {
    return at(array, 0, Layouts.vector(array.length()));
  }

  private memory at(INDArray array, long offset, memory.desc layout) {
    return arena.keep(new memory(layout, OneDnn.cpu(), Ranges.pointer(array, offset)));
  }

  /**
   * @param features {@code [N, C, H, W]} float32 in C order
   * @param targets {@code [N, classes]}
   * @return the mean loss
   */
  double run(INDArray features, INDArray targets) {
    input.set_data_handle(Ranges.pointer(features, 0));
    forward.run();
    double loss = classifier.run(targets);
    backward.run();
    statistics.forEach(RunningStatistics::writeStep);
    return loss;
  }

  /** Bytes of activations and working copies. */
  long bytes() {
    return arena.bytes();
  }

  @Override
  public void close() {
    arena.close();
  }
}
