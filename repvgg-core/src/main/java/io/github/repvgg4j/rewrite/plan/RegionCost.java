package io.github.repvgg4j.rewrite.plan;

import io.github.repvgg4j.network.NetworkView;
import io.github.repvgg4j.reparam.Geometry;
import io.github.repvgg4j.rewrite.step.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Multiplications for one pixel of a region's source, before and after fusing. */
final class RegionCost {

  private final Map<String, Step> steps;
  private final Map<String, Form> forms;
  private final double maxCost;

  RegionCost(Map<String, Step> steps, Map<String, Form> forms, double maxCost) {
    this.steps = steps;
    this.forms = forms;
    this.maxCost = maxCost;
  }

  /**
   * Sets a barrier where the one convolution would cost more than allowed.
   *
   * @return whether one was set
   */
  boolean cut(String root, Form form, NetworkView network, Map<String, String> barriers) {
    double before = form.members().stream().mapToDouble(this::ofMember).sum();
    double after = of(form);
    if (after <= maxCost * before) {
      return false;
    }
    String reason =
        String.format(
            Locale.ROOT,
            "one convolution would multiply %.1f times as much as the parts (limit %.1f)",
            after / before,
            maxCost);
    List<String> members = new ArrayList<>(network.nodes().keySet());
    members.retainAll(form.members());
    Collections.reverse(members);
    for (String member : members) {
      for (String input : network.nodes().get(member).inputs()) {
        if (form.members().contains(input) && isSpatial(member) && convolves(forms.get(input))) {
          barriers.put(input, reason);
          return true;
        }
      }
    }
    return cutInputs(root, form, network, barriers, reason);
  }

  /** No convolution of a convolution in it: the sum is too costly, so its branches stay. */
  private boolean cutInputs(
      String root, Form form, NetworkView network, Map<String, String> barriers, String reason) {
    boolean cut = false;
    for (String member : form.members()) {
      if (steps.get(member) instanceof Step.Sum) {
        for (String input : network.nodes().get(member).inputs()) {
          cut |= form.members().contains(input) && barriers.put(input, reason) == null;
        }
      }
    }
    if (!cut) {
      for (String input : network.nodes().get(root).inputs()) {
        cut |= form.members().contains(input) && barriers.put(input, reason) == null;
      }
    }
    return cut;
  }

  private boolean isSpatial(String member) {
    return steps.get(member) instanceof Step.Convolution
        || steps.get(member) instanceof Step.Spatial;
  }

  private boolean convolves(Form form) {
    return form.members().stream().anyMatch(this::isSpatial);
  }

  private double ofMember(String member) {
    Form form = forms.get(member);
    Step step = steps.get(member);
    double density = form.geometry().density();
    if (step instanceof Step.Convolution conv) {
      return weights(conv) * density;
    }
    if (step instanceof Step.Separable separable) {
      return weights(separable.pointwise()) * density;
    }
    int channels = Math.max(1, form.channels().out());
    return step instanceof Step.Spatial spatial
        ? (double) channels * spatial.geometry().taps() * density
        : channels * density;
  }

  private static double weights(Step.Convolution conv) {
    return (double) conv.out() * (conv.in() / conv.groups()) * conv.geometry().taps();
  }

  private static double of(Form form) {
    Geometry geometry = form.geometry();
    Geometry written = form.isWrittenSame() ? geometry : geometry.balanced();
    Channels channels = form.channels();
    return (double) channels.out()
        * ((double) channels.in() / channels.groups())
        * written.taps()
        * geometry.density();
  }
}
