package io.github.repvgg4j.rewrite.plan;

import io.github.repvgg4j.network.NetworkView;
import io.github.repvgg4j.network.Node;
import io.github.repvgg4j.reparam.NotFusibleException;
import io.github.repvgg4j.rewrite.step.Step;
import io.github.repvgg4j.rewrite.step.StepReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the largest regions that are one convolution each. Forms are carried forward through the
 * network; where a tensor must exist by itself (another reader, no exact law, too costly) a barrier
 * is set on it and the forms are carried again, until nothing changes.
 */
final class RegionPlanner {

  private final NetworkView network;
  private final Map<String, Step> steps = new LinkedHashMap<>();
  private final Map<String, List<String>> readers;
  private final Set<String> beforeMaskReaders;
  private final FormBuilder builder;
  private final RegionCost cost;
  private final Map<String, String> barriers = new LinkedHashMap<>();
  private final Map<String, String> reasons = new HashMap<>();
  private final Map<String, Form> forms = new HashMap<>();

  RegionPlanner(NetworkView network, Map<String, ImageSize> sizes, double maxCost) {
    this.network = network;
    this.readers = network.readers();
    this.beforeMaskReaders = MaskReaders.before(network);
    this.builder = new FormBuilder(sizes);
    network.nodes().values().forEach(node -> steps.put(node.name(), StepReader.read(node)));
    this.cost = new RegionCost(steps, forms, maxCost);
  }

  /** The regions, in the order of computation. */
  List<Region> plan() {
    while (true) {
      carryForms();
      List<Region> regions = new ArrayList<>();
      if (!findRegions(regions)) {
        Collections.reverse(regions);
        return regions;
      }
    }
  }

  Map<String, Step> steps() {
    return steps;
  }

  /** Why a node was not joined with what it reads; null where it was, or had nothing to join. */
  String reason(String node) {
    return reasons.get(node);
  }

  private void carryForms() {
    forms.clear();
    reasons.clear();
    for (Node node : network.nodes().values()) {
      Step step = steps.get(node.name());
      List<Form> inputs = node.inputs().stream().map(in -> seen(in, node)).toList();
      noteBarriers(node, step);
      Form form = join(node, step, inputs);
      if (form != null) {
        forms.put(node.name(), form);
      }
    }
  }

  private Form join(Node node, Step step, List<Form> inputs) {
    try {
      Form form = builder.apply(node, step, inputs);
      if (form != null) {
        form.requireWritable();
      }
      return carryingMasks(node, form);
    } catch (NotFusibleException e) {
      String several = step instanceof Step.Sum ? severalSources(inputs) : null;
      reasons.put(node.name(), several == null ? e.getMessage() : several);
    }
    try {
      return builder.apply(node, step, node.inputs().stream().map(in -> bare(in, node)).toList());
    } catch (NotFusibleException e) {
      return null;
    }
  }

  private Form carryingMasks(Node node, Form form) {
    if (form != null && beforeMaskReaders.contains(node.name()) && !form.carriesMasks()) {
      throw new NotFusibleException(
          "a layer further on reads masks, and DL4J would carry a mask over one convolution"
              + " otherwise than over these layers");
    }
    return form;
  }

  /**
   * The inputs of a node, by what they are made of; those that nothing reaches through by
   * themselves.
   */
  Map<Source, List<String>> inputsBySource(Node node) {
    Map<Source, List<String>> inputs = new LinkedHashMap<>();
    for (String input : node.inputs()) {
      Source source = seen(input, node).source();
      inputs.computeIfAbsent(source, s -> new ArrayList<>()).add(input);
    }
    return inputs;
  }

  /** Why branches have no common source; null where they have. */
  private String severalSources(List<Form> inputs) {
    List<String> sources = inputs.stream().map(form -> form.source().tensor()).distinct().toList();
    if (sources.size() < 2) {
      return null;
    }
    for (String source : sources) {
      if (steps.get(source) instanceof Step.Unfusable kind) {
        return "it reads '" + source + "', which " + kind.reason();
      }
    }
    return "its branches start at different tensors: "
        + String.join(", ", sources.stream().map(this::described).toList());
  }

  /** A tensor's name, and why no region reaches through it. */
  String described(String tensor) {
    Step step = steps.get(tensor);
    boolean active =
        step instanceof Step.Activate
            || (step instanceof Step.Convolution conv && conv.activation() != null)
            || (step instanceof Step.Separable half && half.pointwise().activation() != null);
    if (active) {
      return "'" + tensor + "' (behind an activation)";
    }
    if (steps.get(tensor) instanceof Step.Unfusable kind) {
      return "'" + tensor + "', which " + kind.reason();
    }
    String barrier = barriers.get(tensor);
    return "'" + tensor + "'" + (barrier == null ? "" : " (" + barrier + ")");
  }

  /** The form of a tensor as this reader may use it. */
  private Form seen(String tensor, Node reader) {
    Form form = forms.get(tensor);
    boolean closed =
        form == null
            || form.activation() != null
            || barriers.containsKey(tensor)
            || reader.preprocessor() != null
            || network.outputs().contains(tensor);
    return closed ? bare(tensor, reader) : form;
  }

  private static Form bare(String tensor, Node reader) {
    return Form.of(new Source(tensor, reader.preprocessor(), null));
  }

  private void noteBarriers(Node node, Step step) {
    if (step instanceof Step.Other
        || step instanceof Step.Barred
        || step instanceof Step.Unfusable) {
      return;
    }
    node.inputs().stream()
        .filter(barriers::containsKey)
        .findFirst()
        .ifPresent(in -> reasons.put(node.name(), barriers.get(in)));
  }

  /** Fills {@code regions} from the last to the first; true when a barrier was added instead. */
  private boolean findRegions(List<Region> regions) {
    List<String> names = new ArrayList<>(network.nodes().keySet());
    Collections.reverse(names);
    Set<String> claimed = new HashSet<>();
    boolean changed = false;
    for (String name : names) {
      Form form = forms.get(name);
      if (form == null || claimed.contains(name) || !isWorthwhile(form)) {
        continue;
      }
      claimed.addAll(form.members());
      if (addBarrier(name, form)) {
        changed = true;
      } else {
        regions.add(region(name, form));
      }
    }
    return changed;
  }

  private Region region(String root, Form form) {
    Map<String, Channels> inner = new HashMap<>();
    form.members().forEach(member -> inner.put(member, forms.get(member).channels()));
    return new Region(root, form, inner);
  }

  private boolean addBarrier(String root, Form form) {
    String shared = null;
    for (String member : form.members()) {
      if (!member.equals(root) && !form.members().containsAll(readersOf(member))) {
        shared = member;
      }
    }
    if (shared != null) {
      String outside =
          readersOf(shared).stream().filter(r -> !form.members().contains(r)).findFirst().get();
      barriers.put(shared, "'" + shared + "' is also read by '" + outside + "'");
      return true;
    }
    return cost.cut(root, form, network, barriers);
  }

  private List<String> readersOf(String tensor) {
    return readers.getOrDefault(tensor, List.of());
  }

  private boolean isWorthwhile(Form form) {
    long acting = form.members().stream().filter(m -> !(steps.get(m) instanceof Step.Pass)).count();
    boolean convolves =
        form.members().stream()
            .map(steps::get)
            .anyMatch(s -> s instanceof Step.Convolution || s instanceof Step.Separable);
    return acting > 1 && convolves;
  }
}
