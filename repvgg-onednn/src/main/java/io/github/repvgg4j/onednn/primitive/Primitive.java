package io.github.repvgg4j.onednn.primitive;

import io.github.repvgg4j.onednn.Cpu;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.OneDnnException;
import io.github.repvgg4j.onednn.Owned;
import java.util.function.ToIntFunction;
import org.bytedeco.dnnl.const_dnnl_op_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * One operation for one shape, as oneDNN would run it here. Planned when made; its code comes with
 * the first {@link #code}. Its working memory comes from the caller.
 */
public final class Primitive implements AutoCloseable {

  private final Owned owned = new Owned();
  private final String operation;
  private final dnnl_primitive_desc chosen = new dnnl_primitive_desc();
  private final String implementation;
  private dnnl_primitive code;

  /** Fills in a plan. */
  @FunctionalInterface
  interface Planning {
    /**
     * @return oneDNN's status
     */
    int plan(dnnl_primitive_desc chosen, dnnl_primitive_attr attributes);
  }

  private Primitive(String operation, Attributes wanted, Planning planning) {
    this.operation = operation;
    dnnl_primitive_attr attributes = wanted.create();
    try {
      OneDnnException.check(operation, planning.plan(chosen, attributes));
    } finally {
      dnnl.dnnl_primitive_attr_destroy(attributes);
    }
    owned.keep(chosen, dnnl::dnnl_primitive_desc_destroy);
    this.implementation = queryImplementation();
  }

  /** One whose plan needs no description. */
  static Primitive planned(String operation, Attributes attributes, Planning planning) {
    try (PointerScope scope = new PointerScope()) {
      return new Primitive(operation, attributes, planning);
    }
  }

  /** A forward one that does nothing to its result. */
  static <P extends Pointer> Primitive of(String operation, P description, ToIntFunction<P> fill) {
    return of(operation, description, fill, Attributes.NOTHING, null);
  }

  /** One of numbers that stand for themselves. */
  static <P extends Pointer> Primitive of(
      String operation, P description, ToIntFunction<P> fill, After after, Primitive forward) {
    return of(operation, description, fill, Attributes.of(after), forward);
  }

  /**
   * @param description oneDNN's, of any kind, empty; freed here
   * @param fill gives oneDNN's status
   * @param forward the primitive that this one goes back through; null for a forward one
   */
  static <P extends Pointer> Primitive of(
      String operation,
      P description,
      ToIntFunction<P> fill,
      Attributes wanted,
      Primitive forward) {
    try (PointerScope scope = new PointerScope();
        description) {
      OneDnnException.check(operation, fill.applyAsInt(description));
      return new Primitive(
          operation,
          wanted,
          (chosen, attributes) ->
              dnnl.dnnl_primitive_desc_create(
                  chosen,
                  new const_dnnl_op_desc_t(description),
                  attributes,
                  Cpu.engine(),
                  forward == null ? null : forward.chosen));
    }
  }

  private String queryImplementation() {
    try (PointerPointer<BytePointer> name = new PointerPointer<>(1)) {
      OneDnnException.check(
          operation,
          dnnl.dnnl_primitive_desc_query(chosen, dnnl.dnnl_query_impl_info_str, 0, name));
      return name.get(BytePointer.class, 0).getString();
    }
  }

  /**
   * The layout in which it reads or writes an argument.
   *
   * @throws OneDnnException where it has no such argument
   */
  public Layout layout(Argument argument) {
    dnnl_memory_desc_t found = query(argument);
    if (found == null || found.ndims() == 0) {
      throw new OneDnnException(operation + " has no argument " + argument.number());
    }
    return Layout.of(found);
  }

  /** Whether it needs working memory. */
  public boolean hasScratchpad() {
    dnnl_memory_desc_t found = query(Argument.SCRATCHPAD);
    return found != null && dnnl.dnnl_memory_desc_get_size(found) > 0;
  }

  private dnnl_memory_desc_t query(Argument argument) {
    return dnnl.dnnl_primitive_desc_query_md(
        chosen, dnnl.dnnl_query_exec_arg_md, argument.number());
  }

  /** oneDNN's name of the code, such as {@code jit:avx512_core}. */
  public String implementation() {
    return implementation;
  }

  /** Whether oneDNN generates code for this shape; other code may be a hundred times slower. */
  public boolean isGenerated() {
    return implementation.contains("jit");
  }

  /** Whether it is a convolution with fewer multiplications than its definition has. */
  public boolean isWinograd() {
    return implementation.contains("wino");
  }

  /** Whether it is oneDNN's plainest code, made to be right and not quick. */
  public boolean isReference() {
    return implementation.startsWith("ref");
  }

  /** For this module: what oneDNN runs. */
  public synchronized dnnl_primitive code() {
    if (code == null) {
      dnnl_primitive made = new dnnl_primitive();
      OneDnnException.check(operation, dnnl.dnnl_primitive_create(made, chosen));
      code = owned.keep(made, dnnl::dnnl_primitive_destroy);
    }
    return code;
  }

  @Override
  public void close() {
    owned.close();
  }

  @Override
  public String toString() {
    return operation + " (" + implementation + ")";
  }
}
