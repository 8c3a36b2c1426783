package io.github.repvgg4j.cuda.chain;

import io.github.repvgg4j.accelerate.chain.ChainNode;
import io.github.repvgg4j.cuda.device.ConvolutionOptions;
import io.github.repvgg4j.cuda.device.ConvolutionPlan;
import io.github.repvgg4j.cuda.device.ConvolutionShape;
import io.github.repvgg4j.cuda.device.ConvolutionShape.Pair;
import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.cuda.device.ImageShape;
import io.github.repvgg4j.cuda.device.LayerMath;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.device.Span;
import java.util.LinkedHashMap;
import java.util.Map;

/** The convolutions of a plan: algorithms chosen once a shape, one workspace for all. */
final class Convolutions implements AutoCloseable {

  private final LayerMath layers;
  private final ConvolutionOptions options;
  private final Map<ConvolutionShape, ConvolutionPlan> plans = new LinkedHashMap<>();
  private Span workspace;

  Convolutions(CudaDevice device, ConvolutionOptions options) {
    this.layers = device.layers();
    this.options = options;
  }

  ConvolutionPlan plan(ChainNode.Convolution node, ImageShape input) {
    return plans.computeIfAbsent(shape(node, input), shape -> layers.plan(shape, options));
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

  /** After the last {@link #plan}. */
  void takeWorkspace(MemoryPool pool) {
    long bytes = plans.values().stream().mapToLong(ConvolutionPlan::workspaceBytes).max().orElse(0);
    workspace = pool.take(NumberFormat.FLOAT32, Math.max(1, (bytes + 3) / 4)).all();
  }

  void forward(ConvolutionPlan plan, Span input, Span kernel, Span output) {
    layers.convolve(plan, input, kernel, output, workspace);
  }

  void kernelGradient(ConvolutionPlan plan, Span input, Span outputGradient, Span kernelGradient) {
    layers.convolutionKernelGradient(plan, input, outputGradient, kernelGradient, workspace);
  }

  void inputGradient(
      ConvolutionPlan plan, Span kernel, Span outputGradient, Span inputGradient, float kept) {
    layers.convolutionInputGradient(plan, kernel, outputGradient, inputGradient, kept, workspace);
  }

  @Override
  public void close() {
    plans.values().forEach(ConvolutionPlan::close);
    plans.clear();
  }
}
