package io.github.repvgg4j.accelerate.chain;

import static io.github.repvgg4j.onednn.primitive.Argument.MEAN;
import static io.github.repvgg4j.onednn.primitive.Argument.SCALE;
import static io.github.repvgg4j.onednn.primitive.Argument.SCALE_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.SECOND_SOURCE;
import static io.github.repvgg4j.onednn.primitive.Argument.SHIFT;
import static io.github.repvgg4j.onednn.primitive.Argument.SHIFT_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.SOURCE;
import static io.github.repvgg4j.onednn.primitive.Argument.SOURCE_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.TARGET;
import static io.github.repvgg4j.onednn.primitive.Argument.TARGET_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.VARIANCE;

import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.Memory;
import io.github.repvgg4j.onednn.primitive.After;
import io.github.repvgg4j.onednn.primitive.Argument;
import io.github.repvgg4j.onednn.primitive.BatchNorm;
import io.github.repvgg4j.onednn.primitive.Binary;
import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.onednn.primitive.Pointwise;
import io.github.repvgg4j.onednn.primitive.Pooling;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.primitive.Purpose;
import io.github.repvgg4j.onednn.primitive.Window;
import io.github.repvgg4j.onednn.program.Tape;
import io.github.repvgg4j.onednn.program.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writes the primitives for one input shape: all nodes forward, then all backward. */
final class ChainWriter {

  private final Tape tape = new Tape();
  private final ChainLayout layout;
  private final INDArray parameters;
  private final INDArray gradient;
  private final Map<String, Activation> activations = new HashMap<>();
  private final List<Runnable> backwardSteps = new ArrayList<>();
  private final Set<Tensor> sharedGradients = new HashSet<>();
  private final List<Memory> views = new ArrayList<>();
  private final List<RunningStatistics> statistics = new ArrayList<>();
  private final List<HostStep> hostSteps = new ArrayList<>();
  private Classifier classifier;

  /**
   * @param parameters flat vector, read at each run
   * @param gradient flat vector, written at each run
   */
  ChainWriter(ChainLayout layout, INDArray parameters, INDArray gradient) {
    this.layout = layout;
    this.parameters = parameters;
    this.gradient = gradient;
  }

  /**
   * @param dims {@code [N, C, H, W]} of the input
   * @throws ChainUnsupportedException where oneDNN has no fast code for a node in this layout
   */
  ChainPlan write(List<ChainNode> nodes, long[] dims) throws ChainUnsupportedException {
    try {
      Tensor input = tape.slot(Layout.plain(DataType.F32, dims));
      activations.put(nodes.get(0).sources().get(0), Activation.of(input));
      for (ChainNode node : nodes) {
        add(node);
      }
      int forward = tape.size();
      for (int i = backwardSteps.size() - 1; i >= 0; i--) {
        backwardSteps.get(i).run();
      }
      return new ChainPlan(tape.program(), hostSteps(forward), classifier, statistics);
    } catch (ChainUnsupportedException | RuntimeException | Error e) {
      tape.discard();
      throw e;
    } finally {
      views.forEach(Memory::close); // the program shares those it names
    }
  }

  private ChainPlan.HostSteps hostSteps(int forward) {
    return new ChainPlan.HostSteps(hostSteps, forward);
  }

  private void add(ChainNode node) throws ChainUnsupportedException {
    if (node instanceof ChainNode.Convolution convolution) {
      add(convolution);
    } else if (node instanceof ChainNode.Norm norm) {
      add(norm);
    } else if (node instanceof ChainNode.Sum sum) {
      add(sum);
    } else if (node instanceof ChainNode.MaxPool pool) {
      add(pool);
    } else if (node instanceof ChainNode.Gate gate) {
      add(gate);
    } else if (node instanceof ChainNode.Head head) {
      add(head);
    }
  }

  private void add(ChainNode.Convolution node) throws ChainUnsupportedException {
    Activation source = activations.get(node.source());
    ConvolutionPrimitives primitives = new ConvolutionPrimitives(node, layout, source);
    requireFast(node, primitives.forward());
    Tensor weights = view(parameters, node.weights().offset(), primitives.parameterLayout());
    Tensor weightGradient = view(gradient, node.weights().offset(), primitives.parameterLayout());
    Activation result = activation(node, primitives.forward(tape, weights));
    backwardSteps.add(
        () -> {
          Tensor delta = gradientOf(node, result);
          primitives.backwardWeights(tape, delta, weightGradient);
          if (!source.isInput()) {
            source.gradients().add(primitives.backwardData(tape, weights, delta));
          }
        });
  }

  private void add(ChainNode.Norm node) throws ChainUnsupportedException {
    Activation source = activations.get(node.source());
    BatchNorm norm = new BatchNorm(source.value().layout(), (float) node.eps());
    Primitive training = norm.training();
    requireFast(node, training);
    RunningStatistics running = new RunningStatistics(node, parameters, gradient);
    statistics.add(running);
    Map<Argument, Tensor> both = new LinkedHashMap<>();
    both.put(SOURCE, source.value());
    both.put(SCALE, view(parameters, node.gamma().offset(), norm.vector()));
    both.put(SHIFT, view(parameters, node.beta().offset(), norm.vector()));
    both.put(MEAN, view(running.batchMean(), 0, norm.vector()));
    both.put(VARIANCE, view(running.batchVariance(), 0, norm.vector()));
    Tensor scaleGradient = view(gradient, node.gamma().offset(), norm.vector());
    Tensor shiftGradient = view(gradient, node.beta().offset(), norm.vector());
    Activation result = activation(node, tape.result(node.name(), training, both));
    backwardSteps.add(
        () -> {
          both.put(TARGET_GRADIENT, gradientOf(node, result));
          both.put(SCALE_GRADIENT, scaleGradient);
          both.put(SHIFT_GRADIENT, shiftGradient);
          Primitive backward = norm.backward(training);
          source.gradients().add(tape.result(node.name(), backward, both, SOURCE_GRADIENT));
        });
  }

  private void add(ChainNode.Sum node) {
    List<Activation> sources = node.sources().stream().map(activations::get).toList();
    List<Tensor> values = sources.stream().map(Activation::value).toList();
    Function function = node.relu() ? Function.RELU : Function.IDENTITY;
    Activation result = activation(node, sum(node, values, function));
    backwardSteps.add(
        () -> {
          Tensor delta = gradientOf(node, result);
          if (node.relu()) {
            delta = throughRelu(node, result, delta);
          }
          for (Activation source : sources) {
            source.gradients().add(delta);
          }
          if (sources.size() > 1) {
            sharedGradients.add(delta);
          }
        });
  }

  /** The function of the sum, in one pass over memory. */
  private Tensor sum(ChainNode node, List<Tensor> sources, Function function) {
    Layout one = sources.get(0).layout();
    Map<Argument, Tensor> operands = new LinkedHashMap<>();
    operands.put(SOURCE, sources.get(0));
    if (sources.size() == 1) {
      Primitive alone = new Pointwise(function, one).forward(Purpose.TRAINING);
      return tape.result(node.name(), alone, operands);
    }
    Layout row = Binary.safe(one);
    Tensor result = tape.buffer(one);
    operands.put(SOURCE, sources.get(0).as(row));
    operands.put(SECOND_SOURCE, sources.get(1).as(row));
    After after = After.NOTHING;
    for (int i = 2; i < sources.size(); i++) {
      operands.put(Argument.added(i - 2), sources.get(i).as(row));
      after = after.thenAdd(row);
    }
    operands.put(TARGET, result.as(row));
    Primitive sum = new Binary(Binary.Kind.ADD, row, row).forward(after.then(function));
    tape.add(node.name(), sum, operands);
    return result;
  }

  /** In the gradient's own memory, where nobody else reads that. */
  private Tensor throughRelu(ChainNode node, Activation result, Tensor delta) {
    Layout one = result.value().layout();
    Tensor written = sharedGradients.contains(delta) ? tape.buffer(one) : delta;
    tape.add(
        node.name(),
        Pointwise.reluBackward(one),
        Map.of(TARGET, result.value(), TARGET_GRADIENT, delta, SOURCE_GRADIENT, written));
    return written;
  }

  private void add(ChainNode.MaxPool node) throws ChainUnsupportedException {
    Activation source = activations.get(node.source());
    Window window = new Window(side(node, 0), side(node, 1));
    long[] dims = source.value().dims();
    Layout target = layout.of(window.target(dims, dims[1]));
    Pooling pooling = new Pooling(Pooling.Kind.MAXIMUM, source.value().layout(), target, window);
    Primitive forward = pooling.forward(Purpose.TRAINING);
    requireFast(node, forward);
    Tensor places = tape.buffer(forward.layout(Argument.WORKSPACE));
    Tensor maxima = tape.buffer(target);
    tape.add(
        node.name(),
        forward,
        Map.of(SOURCE, source.value(), TARGET, maxima, Argument.WORKSPACE, places));
    Activation result = activation(node, maxima);
    backwardSteps.add(
        () -> {
          Map<Argument, Tensor> given =
              Map.of(TARGET_GRADIENT, gradientOf(node, result), Argument.WORKSPACE, places);
          Primitive backward = pooling.backward(forward);
          source.gradients().add(tape.result(node.name(), backward, given, SOURCE_GRADIENT));
        });
  }

  private static Window.Side side(ChainNode.MaxPool node, int axis) {
    return new Window.Side(node.kernel()[axis], node.stride()[axis], 0, 0, 0);
  }

  private void add(ChainNode.Gate node) {
    Activation source = activations.get(node.source());
    long[] dims = source.value().dims();
    Layout plain = GateWriter.plain(dims);
    GateWriter gate =
        new GateWriter(
            node,
            new GateMath(node, dims, parameters, gradient),
            source.value(),
            GateWriter.vectors(layout, source.value()),
            tape,
            array -> view(array, 0, plain),
            hostSteps);
    Activation result = activation(node, gate.forward());
    backwardSteps.add(() -> source.gradients().addAll(gate.backward(gradientOf(node, result))));
  }

  /** Global average pooling between the chain's layout and the classifier's {@code [N, C]}. */
  private void add(ChainNode.Head node) {
    Activation source = activations.get(node.source());
    long[] dims = source.value().dims();
    classifier = new Classifier(node, dims[0], parameters, gradient);
    Layout plain = Layout.plain(DataType.F32, dims[0], node.features(), 1, 1);
    Pooling pooling =
        new Pooling(
            Pooling.Kind.AVERAGE,
            source.value().layout(),
            layout.of(dims[0], dims[1], 1, 1),
            Window.whole(dims[2], dims[3]));
    Primitive forward = pooling.forward(Purpose.TRAINING);
    tape.write(
        node.name(),
        forward,
        Map.of(SOURCE, source.value()),
        Map.of(TARGET, view(classifier.features(), 0, plain)));
    Tensor featureGradient = view(classifier.featureGradient(), 0, plain);
    backwardSteps.add(
        () -> {
          Tensor delta = tape.in(pooling.target(), node.name(), featureGradient);
          source
              .gradients()
              .add(
                  tape.result(
                      node.name(),
                      pooling.backward(forward),
                      Map.of(TARGET_GRADIENT, delta),
                      SOURCE_GRADIENT));
        });
  }

  private Activation activation(ChainNode node, Tensor value) {
    Activation activation = Activation.of(value);
    activations.put(node.name(), activation);
    return activation;
  }

  /** The sum of the readers' shares. */
  private Tensor gradientOf(ChainNode node, Activation activation) {
    List<Tensor> shares = activation.gradients();
    return shares.size() == 1 ? shares.get(0) : sum(node, shares, Function.IDENTITY);
  }

  private void requireFast(ChainNode node, Primitive primitive) throws ChainUnsupportedException {
    if (!primitive.isGenerated()) {
      throw new ChainUnsupportedException(
          node.name() + ": oneDNN has no generated code for it in layout " + layout.order());
    }
  }

  /** A range of a float32 array, which the plan's user keeps alive. */
  private Tensor view(INDArray array, long offset, Layout range) {
    Memory view = Memory.at(Ranges.address(array, offset), range);
    views.add(view);
    return Tensor.of(view);
  }
}
