package io.github.repvgg4j.deploy.quantize.scheme;

import io.github.repvgg4j.archive.quantized.Codes.Type;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.Dense;
import io.github.repvgg4j.runtime.graph.FastLayer.Pointwise;
import io.github.repvgg4j.runtime.graph.FastLayer.Softmax;
import io.github.repvgg4j.runtime.graph.FastLayer.SqueezeExcitation;
import io.github.repvgg4j.runtime.graph.FastLayer.Sum;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What of a network computes in integers, and which tensors are codes for its sake: those that an
 * integer layer reads. Everything else stays float32, the last convolution's result among it, which
 * is pooled.
 *
 * @param integers numbers of the nodes
 * @param coded numbers of the tensors
 */
public record Parts(SortedSet<Integer> integers, SortedSet<Integer> coded) {

  /**
   * @param keptFloat nodes that are to stay float32
   */
  public static Parts of(FloatNetwork network, Set<Integer> keptFloat) {
    SortedSet<Integer> integers = new TreeSet<>();
    SortedSet<Integer> coded = new TreeSet<>();
    List<FastGraph.Node> nodes = network.graph().nodes();
    for (int n = 0; n < nodes.size(); n++) {
      if (network.isWeighted(n) && !keptFloat.contains(n)) {
        integers.add(n);
        coded.addAll(nodes.get(n).inputs());
      }
    }
    return new Parts(integers, coded);
  }

  /**
   * How a tensor's codes are numbered. Images are U8 around 128, since S8 times S8 is computed
   * exactly on no CPU without VNNI; other signed tensors are S8, and for the same reason U8 around
   * 128 where the file is to run everywhere.
   *
   * @param weightLimit of the network
   */
  static Numbering numbering(FloatNetwork network, int tensor, int weightLimit) {
    if (tensor != FastGraph.IMAGES && isNeverNegative(network.graph(), tensor)) {
      return Numbering.UNSIGNED;
    }
    return tensor == FastGraph.IMAGES || weightLimit == QuantizedNetwork.PORTABLE
        ? Numbering.AROUND_128
        : Numbering.SIGNED;
  }

  /** Type and zero point. */
  enum Numbering {
    UNSIGNED(Type.U8, 0),
    AROUND_128(Type.U8, 128),
    SIGNED(Type.S8, 0);

    final Type type;
    final int zeroPoint;

    Numbering(Type type, int zeroPoint) {
      this.type = type;
      this.zeroPoint = zeroPoint;
    }
  }

  private static boolean isNeverNegative(FastGraph graph, int tensor) {
    if (tensor == FastGraph.IMAGES) {
      return false;
    }
    FastLayer layer = graph.nodes().get(tensor).layer();
    List<Integer> inputs = graph.nodes().get(tensor).inputs();
    if (layer instanceof Convolution convolution) {
      return isNeverNegative(convolution.after());
    }
    if (layer instanceof SqueezeExcitation gate && isNeverNegative(gate.after())
        || layer instanceof Sum sum && isNeverNegative(sum.after())
        || layer instanceof Pointwise pointwise && isNeverNegative(pointwise.function())) {
      return true;
    }
    if (layer instanceof Softmax) {
      return true;
    }
    return !(layer instanceof Dense)
        && !(layer instanceof Pointwise)
        && inputs.stream().allMatch(input -> isNeverNegative(graph, input));
  }

  private static boolean isNeverNegative(Function function) {
    return switch (function.kind()) {
      case RELU -> function.alpha() == 0;
      case BOUNDED_RELU, SIGMOID -> true;
      case LINEAR, ELU, TANH, SWISH -> false;
    };
  }
}
