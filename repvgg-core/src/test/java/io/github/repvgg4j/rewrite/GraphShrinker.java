package io.github.repvgg4j.rewrite;

import io.github.repvgg4j.network.Activations;
import io.github.repvgg4j.testkit.RandomGraph;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Makes a failing graph smaller while it still fails. What is left is told by edits of the graph
 * that a seed gives: "output NAME" (this tensor is the only output), "bypass NAME" (its readers
 * read what it reads), "branch NAME I" (the sum loses its branch I).
 */
final class GraphShrinker {

  private GraphShrinker() {}

  /** The smallest graph that was found, and the edits that lead to it. */
  record Shrunk(RandomGraph.Sample sample, List<String> edits) {

    /** For a regression test: a call, and the graph in words. */
    String text(long seed, int steps) {
      StringBuilder text = new StringBuilder();
      text.append(
          String.format(
              "GraphShrinker.apply(RandomGraph.of(%dL, %d), List.of(%s))%n",
              seed, steps, String.join(", ", edits.stream().map(e -> '"' + e + '"').toList())));
      ComputationGraphConfiguration conf = sample.graph().getConfiguration();
      conf.getVertices()
          .forEach(
              (name, vertex) ->
                  text.append(
                      String.format(
                          "  %s <- %s: %s%n",
                          name,
                          conf.getVertexInputs().get(name),
                          vertex instanceof LayerVertex layer
                              ? layer.getLayerConf().getLayer()
                              : vertex)));
      return text.toString();
    }
  }

  /** Takes the first edit that still fails, until none does. */
  static Shrunk shrink(RandomGraph.Sample sample, Predicate<RandomGraph.Sample> fails) {
    RandomGraph.Sample current = sample;
    List<String> edits = new ArrayList<>();
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (String edit : candidates(current.graph().getConfiguration())) {
        Optional<RandomGraph.Sample> next = edited(current, edit).filter(fails);
        if (next.isPresent()) {
          current = next.get();
          edits.add(edit);
          smaller = true;
          break;
        }
      }
    }
    return new Shrunk(current, edits);
  }

  /** Replays edits. */
  static RandomGraph.Sample apply(RandomGraph.Sample sample, List<String> edits) {
    RandomGraph.Sample current = sample;
    for (String edit : edits) {
      current = edited(current, edit).orElseThrow(() -> new IllegalArgumentException(edit));
    }
    return current;
  }

  private static List<String> candidates(ComputationGraphConfiguration conf) {
    List<String> edits = new ArrayList<>();
    for (Map.Entry<String, List<String>> vertex : conf.getVertexInputs().entrySet()) {
      String name = vertex.getKey();
      int inputs = vertex.getValue().size();
      if (!conf.getNetworkOutputs().equals(List.of(name))) {
        edits.add("output " + name);
      }
      if (inputs == 1) {
        edits.add("bypass " + name);
      }
      for (int i = 0; inputs > 1 && i < inputs; i++) {
        edits.add("branch " + name + " " + i);
      }
    }
    return edits;
  }

  /** Empty where the edited graph is none, for its shapes do not fit. */
  private static Optional<RandomGraph.Sample> edited(RandomGraph.Sample sample, String edit) {
    ComputationGraphConfiguration conf = sample.graph().getConfiguration().clone();
    String[] words = edit.split(" ");
    switch (words[0]) {
      case "output" -> conf.setNetworkOutputs(new ArrayList<>(List.of(words[1])));
      case "bypass" -> replace(conf, words[1], conf.getVertexInputs().get(words[1]).get(0));
      default -> {
        List<String> inputs = new ArrayList<>(conf.getVertexInputs().get(words[1]));
        inputs.remove(Integer.parseInt(words[2]));
        conf.getVertexInputs().put(words[1], inputs);
        if (inputs.size() == 1) {
          replace(conf, words[1], inputs.get(0));
        }
      }
    }
    prune(conf);
    conf.setTopologicalOrder(null);
    conf.setTopologicalOrderStr(null);
    try {
      ComputationGraph graph = new ComputationGraph(conf);
      graph.init();
      copy(sample.graph(), graph);
      Activations.of(graph, sample.x());
      return Optional.of(new RandomGraph.Sample(graph, sample.x(), sample.inputType()));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private static void replace(ComputationGraphConfiguration conf, String name, String by) {
    conf.getVertexInputs().replaceAll((n, in) -> replaced(in, name, by));
    conf.setNetworkOutputs(replaced(conf.getNetworkOutputs(), name, by));
  }

  private static List<String> replaced(List<String> names, String name, String by) {
    return new ArrayList<>(names.stream().map(n -> n.equals(name) ? by : n).toList());
  }

  private static void prune(ComputationGraphConfiguration conf) {
    Set<String> needed = new LinkedHashSet<>();
    List<String> open = new ArrayList<>(conf.getNetworkOutputs());
    while (!open.isEmpty()) {
      String name = open.remove(open.size() - 1);
      if (needed.add(name)) {
        open.addAll(conf.getVertexInputs().getOrDefault(name, List.of()));
      }
    }
    conf.getVertices().keySet().retainAll(needed);
    conf.getVertexInputs().keySet().retainAll(needed);
  }

  private static void copy(ComputationGraph from, ComputationGraph to) {
    for (var layer : to.getLayers()) {
      Map<String, INDArray> values =
          from.getLayer(layer.conf().getLayer().getLayerName()).paramTable();
      if (values != null) {
        layer.paramTable().forEach((key, own) -> own.assign(values.get(key)));
      }
    }
  }
}
