package io.github.repvgg4j.deploy.quantize.weight;

import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.Dense;
import io.github.repvgg4j.runtime.graph.FastLayer.GlobalAveragePool;
import io.github.repvgg4j.runtime.graph.FastLayer.Pointwise;
import io.github.repvgg4j.runtime.graph.FastLayer.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Two layers between which a channel may be multiplied by any number greater than 0 and divided
 * again, without a change of what the network computes: whatever lies between reads nothing but
 * this tensor, keeps channels apart and is positively homogeneous, {@code f(s x) = s f(x)} (Nagel
 * et al., arXiv 1906.04721, section 4.1). A fused RepVGG is a chain of such pairs. Squeeze and
 * excitation is not homogeneous: its gates depend on the mean.
 *
 * @param first whose output channels are divided
 * @param second whose input channels are multiplied
 */
public record ChannelPair(int first, int second) {

  /**
   * All pairs of a network.
   *
   * @param integer which nodes compute in integers: only between those does nobody see the channels
   */
  public static List<ChannelPair> of(FloatNetwork network, IntPredicate integer) {
    List<ChannelPair> pairs = new ArrayList<>();
    for (int n = 0; n < network.graph().nodes().size(); n++) {
      int first = n;
      if (network.layer(n) instanceof Convolution convolution
          && integer.test(n)
          && isHomogeneous(convolution.after())) {
        second(network, n)
            .filter(integer::test)
            .ifPresent(second -> pairs.add(new ChannelPair(first, second)));
      }
    }
    return pairs;
  }

  private static Optional<Integer> second(FloatNetwork network, int node) {
    List<Integer> readers = network.readers(node);
    if (readers.size() != 1 || network.graph().head().node() == node) {
      return Optional.empty();
    }
    int reader = readers.get(0);
    FastLayer layer = network.layer(reader);
    if (layer instanceof Convolution || layer instanceof Dense) {
      return Optional.of(reader);
    }
    return layer instanceof GlobalAveragePool
            || layer instanceof Pool
            || (layer instanceof Pointwise pointwise && isHomogeneous(pointwise.function()))
        ? second(network, reader)
        : Optional.empty();
  }

  private static boolean isHomogeneous(Function function) {
    return function.isIdentity() || function.kind() == Function.Kind.RELU;
  }
}
