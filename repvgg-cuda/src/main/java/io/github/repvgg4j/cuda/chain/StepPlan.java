package io.github.repvgg4j.cuda.chain;

import io.github.repvgg4j.accelerate.chain.ChainNode;
import io.github.repvgg4j.cuda.device.ConvolutionOptions;
import io.github.repvgg4j.cuda.device.ConvolutionPlan;
import io.github.repvgg4j.cuda.device.ConvolutionShape;
import io.github.repvgg4j.cuda.device.ConvolutionShape.Pair;
import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.cuda.device.CudaException;
import io.github.repvgg4j.cuda.device.DeviceMemory;
import io.github.repvgg4j.cuda.device.ImageShape;
import io.github.repvgg4j.cuda.device.LayerMath.NormGradient;
import io.github.repvgg4j.cuda.device.LayerMath.NormVectors;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.device.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All calls of a gradient for one input shape. Algorithms are chosen once a convolution's shape,
 * and one workspace serves all. BatchNorms that only a sum reads add into its result themselves;
 * the memory of what the backward pass has done with serves gradients.
 */
final class StepPlan implements AutoCloseable {

  private final CudaDevice device;
  private final DeviceParameters parameters;
  private final ConvolutionOptions options;
  private final MemoryPool pool;
  private final Map<ConvolutionShape, ConvolutionPlan> convolutions = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new HashMap<>();
  private final Map<String, Integer> joined = new HashMap<>();
  private final Map<String, String> sumOfNorm = new HashMap<>();
  private final Map<String, Long> perChannel = new HashMap<>();
  private final List<Runnable> forward = new ArrayList<>();
  private final List<Runnable> backward = new ArrayList<>();
  private final Deque<Runnable> plannedBackward = new ArrayDeque<>();
  private final Tensor input;
  private final DeviceMemory plainInput;
  private final NormStatistics statistics;
  private HeadPass head;
  private DeviceMemory workspace;

  /**
   * @param images shape of the input
   * @throws io.github.repvgg4j.cuda.device.CudaException no memory, or no algorithm
   */
  StepPlan(
      CudaDevice device,
      DeviceParameters parameters,
      List<ChainNode> nodes,
      ConvolutionOptions options,
      ImageShape images) {
    this.device = device;
    this.parameters = parameters;
    this.options = options;
    this.pool = new MemoryPool(device);
    try {
      findSumsOfNorms(nodes);
      this.input = new Tensor(pool, images, options.format());
      this.plainInput =
          options.format() == NumberFormat.FLOAT32
              ? null
              : pool.take(NumberFormat.FLOAT32, images.elements());
      tensors.put(nodes.get(0).sources().get(0), input);
      nodes.forEach(this::add);
      this.statistics =
          new NormStatistics(
              device, pool, parameters, DeviceLayout.of(nodes, ChainNode.Norm.class), perChannel);
      takeWorkspace();
      plannedBackward.forEach(Runnable::run); // from here on memory is given back
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void takeWorkspace() {
    long bytes =
        convolutions.values().stream().mapToLong(ConvolutionPlan::workspaceBytes).max().orElse(0);
    workspace = pool.take(NumberFormat.FLOAT32, Math.max(1, (bytes + 3) / 4));
  }

  private void findSumsOfNorms(List<ChainNode> nodes) {
    Map<String, ChainNode> byName = new HashMap<>();
    Map<String, Integer> readers = new HashMap<>();
    for (ChainNode node : nodes) {
      byName.put(node.name(), node);
      node.sources().forEach(source -> readers.merge(source, 1, Integer::sum));
    }
    for (ChainNode.Sum sum : DeviceLayout.of(nodes, ChainNode.Sum.class)) {
      for (String source : sum.sources()) {
        if (byName.get(source) instanceof ChainNode.Norm && readers.get(source) == 1) {
          sumOfNorm.put(source, sum.name());
          joined.merge(sum.name(), 1, Integer::sum);
        }
      }
    }
  }

  private void add(ChainNode node) {
    if (node instanceof ChainNode.Convolution convolution) {
      add(convolution);
    } else if (node instanceof ChainNode.Norm norm) {
      add(norm);
    } else if (node instanceof ChainNode.Sum sum) {
      add(sum);
    } else if (node instanceof ChainNode.Head last) {
      add(last);
    }
  }

  private Tensor result(String name, ImageShape shape) {
    return tensors.computeIfAbsent(name, n -> new Tensor(pool, shape, options.format()));
  }

  private void add(ChainNode.Convolution node) {
    Tensor source = tensors.get(node.source());
    ConvolutionPlan plan =
        convolutions.computeIfAbsent(
            shape(node, source.shape()), shape -> device.layers().plan(shape, options));
    Tensor result = result(node.name(), plan.shape().output());
    Span kernel = parameters.kernel(node.weights());
    Span kernelGradient = parameters.kernelGradient(node.weights());
    Span from = source.value();
    Span to = result.value();
    forward.add(() -> device.layers().convolve(plan, from, kernel, to, workspace.all()));
    plannedBackward.push(
        () -> {
          Span delta = result.gradient();
          backward.add(
              () ->
                  device
                      .layers()
                      .convolutionKernelGradient(
                          plan, from, delta, kernelGradient, workspace.all()));
          if (source != input) {
            Span share = source.gradient();
            float kept = source.keptGradient();
            backward.add(
                () ->
                    device
                        .layers()
                        .convolutionInputGradient(
                            plan, kernel, delta, share, kept, workspace.all()));
          }
          result.releaseValue();
          result.releaseGradient();
        });
  }

  private static ConvolutionShape shape(ChainNode.Convolution node, ImageShape input) {
    return new ConvolutionShape(
        input,
        Math.toIntExact(node.out()),
        node.groups(),
        pair(node.kernel(), 0),
        pair(node.stride(), 0),
        pair(node.padding(), 0),
        pair(node.dilation(), 1));
  }

  private static Pair pair(long[] values, int more) {
    return new Pair(Math.toIntExact(values[0]) + more, Math.toIntExact(values[1]) + more);
  }

  private void add(ChainNode.Norm node) {
    Tensor source = tensors.get(node.source());
    ImageShape shape = source.shape();
    if (shape.perChannel() < 2) {
      throw new CudaException(node.name() + ": BatchNorm of a single value a channel");
    }
    perChannel.put(node.name(), shape.perChannel());
    String sum = sumOfNorm.get(node.name());
    Tensor result = result(sum == null ? node.name() : sum, shape);
    int channels = shape.channels();
    NormVectors vectors =
        new NormVectors(
            parameters.value(node.gamma()),
            parameters.value(node.beta()),
            parameters.gradient(node.mean()),
            parameters.gradient(node.variance()),
            pool.take(NumberFormat.FLOAT32, channels).span(0, channels),
            pool.take(NumberFormat.FLOAT32, channels).span(0, channels));
    Span from = source.value();
    Span to = result.value();
    float kept = result.keptValue();
    forward.add(() -> device.layers().normalize(shape, node.eps(), vectors, from, to, kept));
    plannedBackward.push(
        () -> {
          NormGradient gradient =
              new NormGradient(
                  result.gradient(),
                  source.gradient(),
                  parameters.gradient(node.gamma()),
                  parameters.gradient(node.beta()));
          float keptGradient = source.keptGradient();
          backward.add(
              () ->
                  device
                      .layers()
                      .normalizeGradient(shape, node.eps(), vectors, gradient, from, keptGradient));
          if (sum == null) {
            result.releaseValue();
            result.releaseGradient();
          } else if (joined.merge(sum, -1, Integer::sum) == 0) {
            result.releaseGradient();
          }
        });
  }

  private void add(ChainNode.Sum node) {
    List<Tensor> apart =
        node.sources().stream()
            .filter(source -> !sumOfNorm.containsKey(source))
            .map(tensors::get)
            .toList();
    boolean norms = joined.containsKey(node.name());
    ImageShape shape = norms ? tensors.get(node.name()).shape() : apart.get(0).shape();
    Tensor result = result(node.name(), shape);
    Span to = result.value();
    for (Tensor source : apart) {
      Span from = source.value();
      float kept = result.keptValue();
      forward.add(() -> device.layers().add(shape, from, to, kept));
    }
    if (node.relu()) {
      forward.add(() -> device.layers().relu(shape, to));
    }
    plannedBackward.push(
        () -> {
          Span delta = result.gradient();
          if (node.relu()) {
            backward.add(() -> device.layers().reluGradient(shape, to, delta));
          }
          for (Tensor source : apart) {
            Span share = source.gradient();
            float kept = source.keptGradient();
            backward.add(() -> device.layers().add(shape, delta, share, kept));
          }
          result.releaseValue();
          if (!norms) {
            result.releaseGradient();
          }
        });
  }

  private void add(ChainNode.Head node) {
    Tensor source = tensors.get(node.source());
    head = new HeadPass(device, pool, parameters, node, source, options.format());
    plannedBackward.push(
        () -> {
          Span share = source.gradient();
          source.keptGradient();
          backward.add(head::backward);
          backward.add(() -> head.spread(share));
        });
  }

  /**
   * @param images float32 {@code [N, C, H, W]}
   * @param targets float32 {@code [N, classes]}
   * @return where on the device minus the sum of the images' losses lies
   */
  Span forward(Span images, Span targets) {
    parameters.roundKernels();
    if (plainInput == null) {
      device.layers().channelsLast(input.shape(), images, input.value());
    } else {
      Span plain = plainInput.span(0, input.shape().elements());
      device.layers().channelsLast(input.shape(), images, plain);
      device.vectors().convert(plain, input.value());
    }
    forward.forEach(Runnable::run);
    head.forward(targets);
    return head.loss();
  }

  /** The gradient, in Deeplearning4j's terms, then lies in the parameters' gradient. */
  void backward() {
    backward.forEach(Runnable::run);
    parameters.widenGradient();
    statistics.toSteps();
  }

  /** Of activations, gradients of activations and the workspace. */
  long bytes() {
    return pool.bytes();
  }

  @Override
  public void close() {
    convolutions.values().forEach(ConvolutionPlan::close);
    convolutions.clear();
    pool.close();
  }
}
