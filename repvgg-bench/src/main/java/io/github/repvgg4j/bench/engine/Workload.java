package io.github.repvgg4j.bench.engine;

import io.github.repvgg4j.model.ModelCost;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.RandomStatistics;
import java.util.Arrays;
import java.util.Random;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One network in both forms; the same images and the expected answer for every engine.
 *
 * @param label of the network
 * @param threeBranch the training form, BatchNorm statistics randomised
 * @param fused the same function as one chain of convolutions
 */
public record Workload(
    String label, RepVggSpec spec, ComputationGraph threeBranch, MultiLayerNetwork fused) {

  private static final long SEED = 11;

  /** The two lives of a network. */
  public enum Form {
    /** As it is trained. */
    THREE_BRANCH("three-branch"),
    /** One convolution a block. */
    FUSED("fused");

    private final String label;

    Form(String label) {
      this.label = label;
    }

    /** For tables. */
    public String label() {
      return label;
    }

    /** By its label. */
    public static Form of(String label) {
      return Arrays.stream(values()).filter(f -> f.label.equals(label)).findFirst().orElseThrow();
    }
  }

  /** A network with random weights and statistics, the same ones each time. */
  public static Workload of(String label, RepVggSpec spec) {
    ComputationGraph graph = RepVggGraphs.build(spec, GraphOptions.withSeed(SEED));
    RandomStatistics.fill(graph, SEED);
    if (GraphFuser.fuse(graph).network() instanceof MultiLayerNetwork fused) {
      return new Workload(label, spec, graph, fused);
    }
    throw new IllegalStateException(label + ": the fused form is no chain");
  }

  /** Multiplications of one image by weights. */
  public long macs(Form form) {
    InputShape shape = spec.input();
    InputType input = InputType.convolutional(shape.height(), shape.width(), shape.channels());
    ModelCost cost =
        form == Form.FUSED
            ? ModelCost.of(fused.getLayerWiseConfigurations(), input)
            : ModelCost.of(threeBranch.getConfiguration(), input);
    return cost.weightMacs();
  }

  /** Gaussian noise {@code [batch, C, H, W]}; the caller's. */
  public INDArray images(int batch) {
    InputShape shape = spec.input();
    Random random = new Random(SEED);
    float[] values = new float[batch * shape.channels() * shape.height() * shape.width()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Nd4j.createFromArray(values)
        .castTo(DataType.FLOAT)
        .reshape(batch, shape.channels(), shape.height(), shape.width());
  }

  /** What every engine has to answer: stock Deeplearning4j, three branches. */
  public float[] expected(INDArray images) {
    return Logits.of(threeBranch, images).dup('c').data().asFloat();
  }
}
