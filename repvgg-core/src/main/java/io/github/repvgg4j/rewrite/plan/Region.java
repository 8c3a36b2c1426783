package io.github.repvgg4j.rewrite.plan;

import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.nd4j.linalg.activations.IActivation;

/** Nodes that become one convolution, and what of that is known before its numbers are. */
public final class Region {

  private final String root;
  private final Form form;
  private final Map<String, Channels> inner;

  /**
   * @param root the node whose output is the region's
   * @param form what that output is of the region's source
   * @param inner channels of every member's output in terms of the source
   */
  Region(String root, Form form, Map<String, Channels> inner) {
    this.root = root;
    this.form = form;
    this.inner = Map.copyOf(inner);
  }

  /** Name of the node whose output is the region's. */
  public String root() {
    return root;
  }

  /** Names of the nodes in it. */
  public Set<String> members() {
    return form.members();
  }

  /** What joined them. */
  public Set<Law> laws() {
    return form.laws();
  }

  /** What it convolves. */
  public Source source() {
    return form.source();
  }

  /** Channels of its source. */
  public int in() {
    return form.channels().in();
  }

  /** Channels of a member's output; before the first convolution those of the source. */
  public int channelsOf(String member) {
    Channels channels = inner.get(member);
    return channels.isAny() ? in() : channels.out();
  }

  /** How its images lie in memory. */
  public CNN2DFormat format() {
    return form.format();
  }

  /** The one size of the source for which it is one convolution; null where it is for all. */
  public ImageSize only() {
    return form.only();
  }

  /** Applied last; null for none. */
  public IActivation activation() {
    return form.activation();
  }

  /** Whether the convolution is written in DL4J's mode {@code Same}, else in {@code Truncate}. */
  public boolean isWrittenSame() {
    return form.isWrittenSame();
  }

  /** Numbers in the convolution's kernel. */
  long weights() {
    return form.weights();
  }
}
