package io.github.repvgg4j.rewrite.plan;

import io.github.repvgg4j.network.Node;
import io.github.repvgg4j.reparam.Geometry;
import io.github.repvgg4j.reparam.NotFusibleException;
import io.github.repvgg4j.rewrite.step.Step;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Carries forms over one node. */
final class FormBuilder {

  private final Map<String, ImageSize> sizes;

  /**
   * @param sizes of the tensors, as far as known
   */
  FormBuilder(Map<String, ImageSize> sizes) {
    this.sizes = sizes;
  }

  /**
   * The form of a node's output.
   *
   * @param inputs forms of its inputs
   * @return null where the node is none of our operations
   * @throws NotFusibleException where they do not join
   */
  Form apply(Node node, Step step, List<Form> inputs) {
    String name = node.name();
    Form input = inputs.get(0);
    if (step instanceof Step.Convolution conv) {
      return convolution(input, name, conv);
    }
    if (step instanceof Step.Separable separable) {
      Form hidden = Form.of(new Source(node.inputs().get(0), node.preprocessor(), name));
      return convolution(hidden, name, separable.pointwise());
    }
    if (step instanceof Step.Affine affine) {
      Law law = input.members().isEmpty() ? Law.BATCHNORM_CONV : Law.CONV_BATCHNORM;
      return input
          .then(Channels.diagonal(affine.map().channels()), Geometry.POINT, Geometry.POINT)
          .withFormat(affine.format())
          .withShift(affine.map().hasShift())
          .joined(name, law);
    }
    if (step instanceof Step.Scale scale) {
      return input.withShift(scale.summand() != 0).joined(name, Law.SCALE);
    }
    if (step instanceof Step.Spatial spatial) {
      return input
          .then(Channels.ANY, spatial.geometry(), spatial.masks())
          .withFormat(spatial.format())
          .joined(name, law(spatial.kind()));
    }
    if (step instanceof Step.Activate activate) {
      return input.withActivation(activate.activation()).joined(name, Law.ACTIVATION);
    }
    if (step instanceof Step.Pass) {
      return input.joined(name, Law.SKIP);
    }
    return step instanceof Step.Sum ? sum(name, inputs) : null;
  }

  private static Law law(Step.Spatial.Kind kind) {
    return switch (kind) {
      case AVERAGE_POOL -> Law.AVERAGE_POOL;
      case ZERO_PADDING -> Law.ZERO_PADDING;
    };
  }

  private static Form convolution(Form input, String name, Step.Convolution conv) {
    Form form =
        input
            .then(new Channels(conv.in(), conv.out(), conv.groups()), conv.geometry(), conv.masks())
            .withFormat(conv.format())
            .withShift(conv.shift())
            .withActivation(conv.activation());
    boolean chained = !input.members().isEmpty() && !input.channels().isAny();
    return chained && !input.laws().equals(Set.of(Law.BATCHNORM_CONV))
        ? form.joined(name, Law.CHAIN)
        : form.joined(name);
  }

  private Form sum(String name, List<Form> inputs) {
    Form sum = inputs.get(0);
    for (Form other : inputs.subList(1, inputs.size())) {
      sum = plus(sum, other);
    }
    boolean identity = inputs.stream().anyMatch(f -> f.members().isEmpty());
    boolean affineOnly = inputs.stream().anyMatch(f -> f.laws().equals(Set.of(Law.BATCHNORM_CONV)));
    return identity || affineOnly
        ? sum.joined(name, Law.SUM, Law.IDENTITY)
        : sum.joined(name, Law.SUM);
  }

  private Form plus(Form a, Form b) {
    try {
      return a.plus(b);
    } catch (NotFusibleException e) {
      ImageSize size = sizes.get(a.source().tensor());
      boolean always = a.geometry().isFixed() && b.geometry().isFixed();
      boolean resolved = a.only() != null || b.only() != null;
      if (size == null || (always && !resolved)) {
        throw e;
      }
      return a.resolvedFor(size).plus(b.resolvedFor(size)).joinedBy(Law.SAME_AT_SIZE);
    }
  }
}
