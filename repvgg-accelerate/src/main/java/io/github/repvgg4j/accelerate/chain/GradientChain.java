package io.github.repvgg4j.accelerate.chain;

import io.github.repvgg4j.accelerate.helper.OneDnn;
import io.github.repvgg4j.array.RowMajor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.memory;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Loss and gradient of a graph by one chain of oneDNN primitives, in place of Deeplearning4j's
 * {@code computeGradientAndScore}. Reads the graph's own parameters and leaves them as they are;
 * fits networks of convolutions, BatchNorm, sums, ReLU and a softmax head, as RepVGG's are. Not
 * thread-safe.
 */
public final class GradientChain implements TrainingChain {

  private static final int KEPT_PLANS = 2;
  private static final List<memory.format_tag> TAGS =
      List.of(memory.format_tag.nChw16c, memory.format_tag.nChw8c);

  private final List<ChainNode> nodes;
  private final INDArray parameters;
  private final INDArray gradient;
  private final Precision precision;
  private final Map<List<Long>, ChainPlan> plans = new LinkedHashMap<>(16, 0.75f, true);
  private memory.format_tag tag;

  private GradientChain(ComputationGraph graph, List<ChainNode> nodes, Precision precision) {
    this.nodes = nodes;
    this.parameters = graph.params().reshape(1, graph.numParams());
    this.gradient = Nd4j.create(DataType.FLOAT, 1, graph.numParams());
    this.precision = precision;
  }

  /**
   * @param graph initialised; its flat parameter vector must stay the same array
   * @throws ChainUnsupportedException when the network holds something else, or oneDNN can't be
   *     used
   */
  public static GradientChain of(ComputationGraph graph, Precision precision)
      throws ChainUnsupportedException {
    if (OneDnn.obstacle() != null) {
      throw new ChainUnsupportedException(OneDnn.obstacle());
    }
    return new GradientChain(graph, ChainReader.read(graph), precision);
  }

  @Override
  public double compute(INDArray features, INDArray targets) throws ChainUnsupportedException {
    INDArray plain = RowMajor.of(features);
    return plan(features.shape()).run(plain, targets);
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
    return plans.values().stream().mapToLong(ChainPlan::bytes).sum();
  }

  private ChainPlan plan(long[] dims) throws ChainUnsupportedException {
    List<Long> key = Arrays.stream(dims).boxed().toList();
    ChainPlan plan = plans.get(key);
    if (plan == null) {
      plan = newPlan(dims);
      plans.put(key, plan);
      if (plans.size() > KEPT_PLANS) {
        plans.remove(plans.keySet().iterator().next()).close();
      }
    }
    return plan;
  }

  private ChainPlan newPlan(long[] dims) throws ChainUnsupportedException {
    ChainUnsupportedException last = null;
    for (memory.format_tag candidate : tag == null ? TAGS : List.of(tag)) {
      if (candidate == memory.format_tag.nChw8c && !sumsFitEights()) {
        continue; // the widest layout's reason stands
      }
      try {
        Layouts layouts = new Layouts(precision.type(), candidate);
        ChainPlan plan = new ChainPlan(nodes, layouts, parameters, gradient, dims);
        tag = candidate;
        return plan;
      } catch (ChainUnsupportedException e) {
        last = e;
      } catch (RuntimeException e) {
        last = new ChainUnsupportedException("oneDNN: " + e.getMessage());
      }
    }
    throw last;
  }

  /**
   * With channels in blocks of 8, oneDNN 2.5.2's binary primitive for AVX-512 writes beyond the end
   * of its result unless the blocks come in pairs.
   */
  private boolean sumsFitEights() {
    return nodes.stream()
        .filter(ChainNode.Convolution.class::isInstance)
        .allMatch(node -> ((ChainNode.Convolution) node).out() % 16 == 0);
  }

  @Override
  public void close() {
    plans.values().forEach(ChainPlan::close);
    plans.clear();
  }
}
