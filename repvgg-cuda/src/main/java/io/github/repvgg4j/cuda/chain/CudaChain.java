package io.github.repvgg4j.cuda.chain;

import io.github.repvgg4j.accelerate.chain.ChainNode;
import io.github.repvgg4j.accelerate.chain.ChainReader;
import io.github.repvgg4j.accelerate.chain.ChainUnsupportedException;
import io.github.repvgg4j.accelerate.chain.HeadLoss;
import io.github.repvgg4j.accelerate.chain.TrainingChain;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.cuda.device.ConvolutionOptions;
import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.cuda.device.CudaException;
import io.github.repvgg4j.cuda.device.DeviceEvent;
import io.github.repvgg4j.cuda.device.ImageShape;
import io.github.repvgg4j.cuda.device.PinnedMemory;
import io.github.repvgg4j.cuda.device.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Loss and gradient of a graph by cuDNN and cuBLAS, or by what stands in for them. As a {@link
 * TrainingChain} it takes the graph's parameters to the device and the gradient back each time; as
 * the inside of {@link DeviceTrainer} it leaves both there.
 */
public final class CudaChain implements TrainingChain {

  private static final int KEPT_PLANS = 2;

  private final CudaDevice device;
  private final List<ChainNode> nodes;
  private final INDArray graphParameters;
  private final ConvolutionOptions options;
  private final DeviceParameters parameters;
  private final InputSlots slots;
  private final PinnedMemory lossOnHost;
  private final DeviceEvent lossIsKnown;
  private final Map<ImageShape, StepPlan> plans = new LinkedHashMap<>(16, 0.75f, true);
  private INDArray gradient;

  private CudaChain(
      CudaDevice device,
      ComputationGraph graph,
      List<ChainNode> nodes,
      ConvolutionOptions options,
      Predicate<ChainNode.Norm> decayedNorm) {
    this.device = device;
    this.nodes = nodes;
    this.graphParameters = graph.params();
    this.options = options;
    this.gradient = graph.params();
    DeviceLayout layout = new DeviceLayout(nodes, graph.numParams(), decayedNorm);
    this.parameters = new DeviceParameters(device, layout, options.format());
    this.slots = new InputSlots(device);
    this.lossOnHost = device.pin(1);
    this.lossIsKnown = device.newEvent();
  }

  /**
   * @param device stays the caller's, who closes it after the chain
   * @param graph initialised; its flat parameter vector must stay the same array
   * @param decayedNorm norms whose gamma is decayed; of no meaning for the gradient
   * @throws ChainUnsupportedException when the network holds something else, or the device has no
   *     memory for it
   */
  public static CudaChain of(
      CudaDevice device,
      ComputationGraph graph,
      ConvolutionOptions options,
      Predicate<ChainNode.Norm> decayedNorm)
      throws ChainUnsupportedException {
    List<ChainNode> nodes = ChainReader.read(graph);
    for (ChainNode node : nodes) {
      if (node instanceof ChainNode.MaxPool) {
        throw new ChainUnsupportedException(
            node.name() + ": max pooling is not computed on cards; use downsample: stride there");
      }
      if (node instanceof ChainNode.Gate) {
        throw new ChainUnsupportedException(
            node.name() + ": squeeze-and-excitation is not computed on cards");
      }
      if (node instanceof ChainNode.Head head && !(head.loss() instanceof HeadLoss.CrossEntropy)) {
        throw new ChainUnsupportedException(
            node.name() + ": cards know one loss, cross-entropy without class weights");
      }
    }
    try {
      return new CudaChain(device, graph, nodes, options, decayedNorm);
    } catch (CudaException e) {
      throw new ChainUnsupportedException(e.getMessage());
    }
  }

  CudaDevice device() {
    return device;
  }

  DeviceParameters parameters() {
    return parameters;
  }

  InputSlots slots() {
    return slots;
  }

  @Override
  public List<ChainNode> nodes() {
    return nodes;
  }

  @Override
  public double compute(INDArray features, INDArray targets) throws ChainUnsupportedException {
    parameters.put(Floats.values(graphParameters), parameters.values());
    slots.stage(shape(features.shape()), Floats.values(features), Floats.values(targets));
    double loss;
    try {
      loss = computeStaged();
    } catch (CudaException e) {
      slots.drop();
      throw new ChainUnsupportedException(e.getMessage());
    }
    gradient = Floats.array(parameters.get(parameters.gradient()), 1, graphParameters.length());
    return loss;
  }

  static ImageShape shape(long[] dims) {
    return new ImageShape(
        Math.toIntExact(dims[0]),
        Math.toIntExact(dims[2]),
        Math.toIntExact(dims[3]),
        Math.toIntExact(dims[1]));
  }

  /**
   * Loss of the oldest staged batch; its gradient may still be on its way.
   *
   * @throws CudaException no memory, or no algorithm; the batch stays staged
   */
  double computeStaged() {
    StepPlan plan = plan(slots.next());
    InputSlots.Slot batch = slots.take();
    Span loss = plan.forward(batch.images(), batch.targets());
    device.download(device.computing(), loss, lossOnHost);
    device.record(lossIsKnown, device.computing());
    slots.consumed();
    plan.backward();
    device.synchronize(lossIsKnown);
    return -lossOnHost.read(1)[0] / (double) batch.shape().images();
  }

  private StepPlan plan(ImageShape shape) {
    StepPlan plan = plans.get(shape);
    if (plan == null) {
      if (plans.size() == KEPT_PLANS) {
        device.synchronize(device.computing());
        plans.remove(plans.keySet().iterator().next()).close();
      }
      plan = new StepWriter(device, parameters, nodes, options).write(shape);
      plans.put(shape, plan);
    }
    return plan;
  }

  @Override
  public INDArray gradient() {
    return gradient;
  }

  @Override
  public long bytes() {
    return parameters.bytes() + plans.values().stream().mapToLong(StepPlan::bytes).sum();
  }

  @Override
  public void close() {
    slots.close();
    plans.values().forEach(StepPlan::close);
    plans.clear();
    parameters.close();
    lossOnHost.close();
    lossIsKnown.close();
  }
}
