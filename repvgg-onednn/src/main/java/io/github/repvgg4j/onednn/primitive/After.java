package io.github.repvgg4j.onednn.primitive;

import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.OneDnnException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.global.dnnl;

/**
 * What a primitive does to its result before it writes it.
 *
 * @param steps in this order
 */
public record After(List<Step> steps) {

  /** One thing done. */
  public sealed interface Step {}

  /** Each number by itself. */
  public record Apply(Function function) implements Step {}

  /** Adds an array of this layout, given as {@link Argument#added}. */
  public record Add(Layout layout) implements Step {}

  public static final After NOTHING = new After(List.of());

  public After {
    steps = List.copyOf(steps);
  }

  /** The function alone. */
  public static After of(Function function) {
    return NOTHING.then(function);
  }

  /** These steps and a function; the identity is none. */
  public After then(Function function) {
    return function.isIdentity() ? this : with(new Apply(function));
  }

  /** These steps and a multiplication. */
  public After thenScale(float factor) {
    return then(new Function(Function.Kind.LINEAR, factor));
  }

  /** These steps and the sum with an array of this layout, given as {@link Argument#added}. */
  public After thenAdd(Layout layout) {
    return with(new Add(layout));
  }

  private After with(Step step) {
    List<Step> longer = new ArrayList<>(steps);
    longer.add(step);
    return new After(longer);
  }

  /** Puts it into oneDNN's form. */
  void set(dnnl_primitive_attr attributes) {
    dnnl_post_ops operations = new dnnl_post_ops();
    check(dnnl.dnnl_post_ops_create(operations));
    try {
      steps.forEach(step -> append(operations, step));
      check(dnnl.dnnl_primitive_attr_set_post_ops(attributes, operations));
    } finally {
      dnnl.dnnl_post_ops_destroy(operations);
    }
  }

  private static void append(dnnl_post_ops operations, Step step) {
    if (step instanceof Apply apply) {
      Function function = apply.function();
      int algorithm = function.kind().algorithm();
      check(dnnl.dnnl_post_ops_append_eltwise(operations, 1f, algorithm, function.alpha(), 0f));
    } else if (step instanceof Add add) {
      check(
          dnnl.dnnl_post_ops_append_binary(
              operations, dnnl.dnnl_binary_add, add.layout().describe()));
    }
  }

  private static void check(int status) {
    OneDnnException.check("attributes", status);
  }
}
