package io.github.repvgg4j.accelerate.chain;

import io.github.repvgg4j.accelerate.helper.OneDnn;
import io.github.repvgg4j.array.RowMajor;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Order;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.onednn.program.PlanCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Loss and gradient of a graph by one chain of oneDNN primitives, in place of Deeplearning4j's
 * {@code computeGradientAndScore}. Reads the graph's own parameters and leaves them as they are;
 * fits networks of convolutions, BatchNorm, sums, ReLU, max pooling and a softmax or sigmoid head,
 * as RepVGG's are. Not thread-safe.
 */
public final class GradientChain implements TrainingChain {

  private static final int KEPT_PLANS = 2;
  private static final List<Order> ORDERS = List.of(Order.BLOCKS_OF_16, Order.BLOCKS_OF_8);

  private final List<ChainNode> nodes;
  private final INDArray parameters;
  private final INDArray gradient;
  private final Precision precision;
  private final Convolutions convolutions;
  private final Distillation distillation;
  private final PlanCache<List<Long>, ChainPlan, ChainUnsupportedException> plans =
      new PlanCache<>(KEPT_PLANS, this::plan);
  private Order order;

  private GradientChain(
      ComputationGraph graph,
      List<ChainNode> nodes,
      Precision precision,
      Convolutions convolutions,
      Distillation distillation) {
    this.nodes = nodes;
    this.parameters = graph.params().reshape(1, graph.numParams());
    this.gradient = Nd4j.create(DataType.FLOAT, 1, graph.numParams());
    this.precision = precision;
    this.convolutions = convolutions;
    this.distillation = distillation;
  }

  /**
   * @param graph initialised; its flat parameter vector must stay the same array
   * @param convolutions how dense 3x3 convolutions of stride 1 are computed in float32; FASTEST is
   *     a fixed rule here: by Winograd where at least half of what its tiles compute is wanted
   * @throws ChainUnsupportedException when the network holds something else, or oneDNN can't be
   *     used
   */
  public static GradientChain of(
      ComputationGraph graph, Precision precision, Convolutions convolutions)
      throws ChainUnsupportedException {
    return of(graph, precision, convolutions, Distillation.NONE);
  }

  /**
   * The same of a network that learns from a teacher beside its labels.
   *
   * @param distillation the loss of batches whose targets are {@code [N, 2 classes]}
   * @throws ChainUnsupportedException likewise
   */
  public static GradientChain of(
      ComputationGraph graph,
      Precision precision,
      Convolutions convolutions,
      Distillation distillation)
      throws ChainUnsupportedException {
    if (OneDnn.obstacle().isPresent()) {
      throw new ChainUnsupportedException(OneDnn.obstacle().get());
    }
    return new GradientChain(graph, ChainReader.read(graph), precision, convolutions, distillation);
  }

  @Override
  public double compute(INDArray features, INDArray targets) throws ChainUnsupportedException {
    INDArray plain = RowMajor.of(features);
    double[] loss = new double[1];
    plans.use(
        Arrays.stream(features.shape()).boxed().toList(),
        plan -> loss[0] = plan.run(plain, targets, distillation));
    return loss[0];
  }

  @Override
  public INDArray gradient() {
    return gradient;
  }

  @Override
  public List<ChainNode> nodes() {
    return nodes;
  }

  @Override
  public long bytes() {
    return plans.bytes();
  }

  /**
   * What oneDNN runs for images of these axes {@code [N, C, H, W]}, call by call.
   *
   * @throws ChainUnsupportedException as {@link #compute}
   */
  List<String> code(long... dims) throws ChainUnsupportedException {
    List<String> code = new ArrayList<>();
    plans.use(Arrays.stream(dims).boxed().toList(), plan -> code.addAll(plan.code()));
    return code;
  }

  /** The widest layout that oneDNN has fast code for; one layout serves all shapes. */
  private ChainPlan plan(List<Long> shape) throws ChainUnsupportedException {
    long[] dims = shape.stream().mapToLong(Long::longValue).toArray();
    ChainUnsupportedException first = null;
    for (Order candidate : order == null ? ORDERS : List.of(order)) {
      try {
        ChainLayout layout = new ChainLayout(precision.type(), candidate, convolutions);
        ChainPlan plan = new ChainWriter(layout, parameters, gradient).write(nodes, dims);
        order = candidate;
        return plan;
      } catch (ChainUnsupportedException e) {
        first = first == null ? e : first;
      } catch (RuntimeException e) {
        first = first == null ? new ChainUnsupportedException("oneDNN: " + e.getMessage()) : first;
      }
    }
    throw first;
  }

  @Override
  public void close() {
    plans.close();
  }
}
