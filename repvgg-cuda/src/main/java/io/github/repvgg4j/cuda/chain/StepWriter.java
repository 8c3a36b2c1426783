package io.github.repvgg4j.cuda.chain;

import io.github.repvgg4j.accelerate.chain.ChainNode;
import io.github.repvgg4j.cuda.device.ConvolutionOptions;
import io.github.repvgg4j.cuda.device.ConvolutionPlan;
import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.cuda.device.CudaException;
import io.github.repvgg4j.cuda.device.DeviceMemory;
import io.github.repvgg4j.cuda.device.ImageShape;
import io.github.repvgg4j.cuda.device.LayerMath;
import io.github.repvgg4j.cuda.device.LayerMath.NormGradient;
import io.github.repvgg4j.cuda.device.LayerMath.NormVectors;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.device.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Plans the calls of a gradient. Gradients of a result's readers add up in one place (cuDNN's
 * beta), and the memory of what the backward pass has done with serves gradients.
 */
final class StepWriter {

  private final CudaDevice device;
  private final LayerMath layers;
  private final DeviceParameters parameters;
  private final List<ChainNode> nodes;
  private final NumberFormat format;
  private final MemoryPool pool;
  private final Convolutions convolutions;
  private final SumsOfNorms sums;
  private final Map<String, Tensor> tensors = new HashMap<>();
  private final Map<String, Long> perChannel = new HashMap<>();
  private final List<Runnable> forward = new ArrayList<>();
  private final List<Runnable> backward = new ArrayList<>();
  private final Deque<Runnable> later = new ArrayDeque<>();
  private Tensor input;
  private HeadPass head;

  StepWriter(
      CudaDevice device,
      DeviceParameters parameters,
      List<ChainNode> nodes,
      ConvolutionOptions options) {
    this.device = device;
    this.layers = device.layers();
    this.parameters = parameters;
    this.nodes = nodes;
    this.format = options.format();
    this.pool = new MemoryPool(device);
    this.convolutions = new Convolutions(device, options);
    this.sums = new SumsOfNorms(nodes);
  }

  /**
   * Once a writer.
   *
   * @param images shape of the input
   * @throws CudaException no memory, or no algorithm
   */
  StepPlan write(ImageShape images) {
    try {
      input = new Tensor(pool, images, format);
      DeviceMemory plainInput =
          format == NumberFormat.FLOAT32
              ? null
              : pool.take(NumberFormat.FLOAT32, images.elements());
      tensors.put(nodes.get(0).sources().get(0), input);
      nodes.forEach(this::add);
      NormStatistics statistics =
          new NormStatistics(
              device, pool, parameters, DeviceLayout.of(nodes, ChainNode.Norm.class), perChannel);
      convolutions.takeWorkspace(pool);
      later.forEach(Runnable::run); // from here on memory is given back
      return new StepPlan(
          device,
          parameters,
          new StepPlan.Parts(
              pool, convolutions, input, plainInput, forward, head, backward, statistics));
    } catch (RuntimeException e) {
      convolutions.close();
      pool.close();
      throw e;
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
    return tensors.computeIfAbsent(name, n -> new Tensor(pool, shape, format));
  }

  private void add(ChainNode.Convolution node) {
    Tensor source = tensors.get(node.source());
    ConvolutionPlan plan = convolutions.plan(node, source.shape());
    Tensor result = result(node.name(), plan.shape().output());
    Span kernel = parameters.kernel(node.weights());
    Span from = source.value();
    Span to = result.value();
    forward.add(() -> convolutions.forward(plan, from, kernel, to));
    later.push(
        () -> {
          Span delta = result.gradient();
          Span kernelGradient = parameters.kernelGradient(node.weights());
          backward.add(() -> convolutions.kernelGradient(plan, from, delta, kernelGradient));
          if (source != input) {
            Span share = source.gradient();
            float kept = source.keptGradient();
            backward.add(() -> convolutions.inputGradient(plan, kernel, delta, share, kept));
          }
          result.releaseValue();
          result.releaseGradient();
        });
  }

  private void add(ChainNode.Norm node) {
    Tensor source = tensors.get(node.source());
    ImageShape shape = source.shape();
    if (shape.perChannel() < 2) {
      throw new CudaException(node.name() + ": BatchNorm of a single value a channel");
    }
    perChannel.put(node.name(), shape.perChannel());
    Tensor result = result(sums.target(node.name()), shape);
    NormVectors vectors = vectors(node, shape.channels());
    Span from = source.value();
    Span to = result.value();
    float kept = result.keptValue();
    forward.add(() -> layers.normalize(shape, node.eps(), vectors, from, to, kept));
    later.push(() -> backward(node, vectors, source, result));
  }

  private NormVectors vectors(ChainNode.Norm node, int channels) {
    return new NormVectors(
        parameters.value(node.gamma()),
        parameters.value(node.beta()),
        parameters.gradient(node.mean()),
        parameters.gradient(node.variance()),
        pool.take(NumberFormat.FLOAT32, channels).span(0, channels),
        pool.take(NumberFormat.FLOAT32, channels).span(0, channels));
  }

  private void backward(ChainNode.Norm node, NormVectors vectors, Tensor source, Tensor result) {
    NormGradient gradient =
        new NormGradient(
            result.gradient(),
            source.gradient(),
            parameters.gradient(node.gamma()),
            parameters.gradient(node.beta()));
    float kept = source.keptGradient();
    Span from = source.value();
    backward.add(
        () -> layers.normalizeGradient(source.shape(), node.eps(), vectors, gradient, from, kept));
    if (!sums.joins(node.name())) {
      result.releaseValue();
    }
    if (sums.isLastReader(node.name())) {
      result.releaseGradient();
    }
  }

  private void add(ChainNode.Sum node) {
    List<Tensor> apart =
        node.sources().stream().filter(source -> !sums.joins(source)).map(tensors::get).toList();
    boolean ofNorms = sums.isOfNorms(node.name());
    ImageShape shape = (ofNorms ? tensors.get(node.name()) : apart.get(0)).shape();
    Tensor result = result(node.name(), shape);
    Span to = result.value();
    for (Tensor source : apart) {
      Span from = source.value();
      float kept = result.keptValue();
      forward.add(() -> layers.add(shape, from, to, kept));
    }
    if (node.relu()) {
      forward.add(() -> layers.relu(shape, to));
    }
    later.push(
        () -> {
          Span delta = result.gradient();
          if (node.relu()) {
            backward.add(() -> layers.reluGradient(shape, to, delta));
          }
          for (Tensor source : apart) {
            Span share = source.gradient();
            float kept = source.keptGradient();
            backward.add(() -> layers.add(shape, delta, share, kept));
          }
          result.releaseValue();
          if (!ofNorms) {
            result.releaseGradient();
          }
        });
  }

  private void add(ChainNode.Head node) {
    Tensor source = tensors.get(node.source());
    head = new HeadPass(device, pool, parameters, node, source, format);
    later.push(
        () -> {
          Span share = source.gradient();
          source.keptGradient();
          backward.add(head::backward);
          backward.add(() -> head.spread(share));
        });
  }
}
