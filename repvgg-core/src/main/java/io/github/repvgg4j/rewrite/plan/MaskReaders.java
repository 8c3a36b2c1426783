package io.github.repvgg4j.rewrite.plan;

import io.github.repvgg4j.network.NetworkView;
import io.github.repvgg4j.network.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToRnnPreProcessor;

/** The layers that do something with the mask of an image: all others only pass it on. */
final class MaskReaders {

  private MaskReaders() {}

  /** Names of the nodes whose mask reaches such a layer. */
  static Set<String> before(NetworkView network) {
    Map<String, List<String>> readers = network.readers();
    List<String> names = new ArrayList<>(network.nodes().keySet());
    Collections.reverse(names);
    Set<String> before = new HashSet<>();
    for (String name : names) {
      boolean isRead =
          readers.getOrDefault(name, List.of()).stream()
              .anyMatch(next -> before.contains(next) || reads(network.nodes().get(next)));
      if (isRead) {
        before.add(name);
      }
    }
    return before;
  }

  private static boolean reads(Node node) {
    Layer layer = node.layer();
    return layer instanceof GlobalPoolingLayer
        || layer instanceof CnnLossLayer
        || node.preprocessor() instanceof CnnToRnnPreProcessor;
  }
}
