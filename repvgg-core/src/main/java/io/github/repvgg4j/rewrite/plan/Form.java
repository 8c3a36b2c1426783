package io.github.repvgg4j.rewrite.plan;

import io.github.repvgg4j.reparam.Geometry;
import io.github.repvgg4j.reparam.NotFusibleException;
import io.github.repvgg4j.rewrite.step.Step;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.nd4j.linalg.activations.IActivation;

/**
 * What a tensor is of its source: the shape of the one convolution that gives it, before any number
 * of its kernel is computed.
 *
 * @param source what is convolved
 * @param channels in, out and groups
 * @param geometry where it reads
 * @param masks where DL4J reads a mask of the source
 * @param format NCHW or NHWC, null while nothing has told
 * @param only the one size of the source for which the geometry holds, null where it holds for all
 * @param shift whether a constant is added
 * @param activation applied last; null for none
 * @param members the nodes in it
 * @param laws used
 */
record Form(
    Source source,
    Channels channels,
    Geometry geometry,
    MaskWindows masks,
    CNN2DFormat format,
    ImageSize only,
    boolean shift,
    IActivation activation,
    Set<String> members,
    Set<Law> laws) {

  static Form of(Source source) {
    return new Form(
        source,
        Channels.ANY,
        Geometry.POINT,
        MaskWindows.UNCHANGED,
        null,
        null,
        false,
        null,
        Set.of(),
        Set.of());
  }

  /**
   * This form, then one more operation.
   *
   * @param where it reads
   * @param maskWindow where DL4J reads a mask for it
   */
  Form then(Channels next, Geometry where, Geometry maskWindow) {
    if (source.inside() != null && !where.equals(Geometry.POINT)) {
      throw new NotFusibleException(
          "the pointwise half of the separable layer '"
              + source.inside()
              + "' has room for 1x1 kernels only");
    }
    return new Form(
        source,
        channels.then(next),
        geometry.then(where, shift),
        masks.then(maskWindow),
        format,
        only,
        shift,
        null,
        members,
        laws);
  }

  /** With the padding that {@code Same} means for a source of this size. */
  Form resolvedFor(ImageSize size) {
    return new Form(
        source,
        channels,
        geometry.resolvedFor(size.height(), size.width()),
        masks.resolvedFor(size),
        format,
        size,
        shift,
        activation,
        members,
        laws);
  }

  /**
   * Whether the convolution is written in DL4J's mode {@code Same}: that pads as the kernel needs,
   * always or for the one size, and {@code Truncate} does not, or would change masks.
   */
  boolean isWrittenSame() {
    boolean same =
        geometry.isSame() || (only != null && geometry.isSameFor(only.height(), only.width()));
    return same && !(isWrittenAsIs() && masks.areAllIn(geometry));
  }

  /**
   * @throws NotFusibleException where one convolution would need padding that no mode of DL4J has
   */
  void requireWritable() {
    if (!isWrittenSame()) {
      geometry.balanced(); // throws what stands in the way
    }
  }

  private boolean isWrittenAsIs() {
    return geometry.isFixed() && geometry.equals(geometry.balanced());
  }

  /**
   * Whether DL4J carries a mask over the one convolution as over the nodes that it replaces. A
   * separable layer keeps its own kernel, and behind a {@code ZeroPaddingLayer} no mask fits.
   */
  boolean carriesMasks() {
    if (source.inside() != null || laws.contains(Law.ZERO_PADDING)) {
      return true;
    }
    return masks.areAllIn(
        isWrittenSame() ? Step.maskWindow(geometry, ConvolutionMode.Same) : geometry.balanced());
  }

  /** Numbers in the kernel of the one convolution. */
  long weights() {
    return (long) channels.out() * (channels.in() / channels.groups()) * geometry.taps();
  }

  Form withFormat(CNN2DFormat other) {
    if (format != null && other != null && format != other) {
      throw new NotFusibleException("mixes " + format + " and " + other);
    }
    return new Form(
        source,
        channels,
        geometry,
        masks,
        other == null ? format : other,
        only,
        shift,
        activation,
        members,
        laws);
  }

  Form withShift(boolean more) {
    return new Form(
        source, channels, geometry, masks, format, only, shift || more, activation, members, laws);
  }

  Form withActivation(IActivation function) {
    return new Form(
        source, channels, geometry, masks, format, only, shift, function, members, laws);
  }

  /** This form with one more node, reached by this law. */
  Form joined(String node, Law... more) {
    Set<String> all = new LinkedHashSet<>(members);
    all.add(node);
    EnumSet<Law> allLaws = EnumSet.noneOf(Law.class);
    allLaws.addAll(laws);
    Collections.addAll(allLaws, more);
    return new Form(
        source, channels, geometry, masks, format, only, shift, activation, all, allLaws);
  }

  /** This form, with one more law used. */
  Form joinedBy(Law law) {
    EnumSet<Law> more = EnumSet.of(law);
    more.addAll(laws);
    return new Form(
        source, channels, geometry, masks, format, only, shift, activation, members, more);
  }

  /** The sum of two forms of one source. */
  Form plus(Form other) {
    if (!source.equals(other.source)) {
      throw new NotFusibleException(
          "its branches start at different tensors, '"
              + source.tensor()
              + "' and '"
              + other.source.tensor()
              + "'");
    }
    Set<String> all = new LinkedHashSet<>(members);
    all.addAll(other.members);
    EnumSet<Law> allLaws = EnumSet.of(Law.SUM);
    allLaws.addAll(laws);
    allLaws.addAll(other.laws);
    if (!geometry.equals(other.geometry)) {
      allLaws.add(Law.EMBED);
    }
    return new Form(
            source,
            channels.beside(other.channels),
            geometry.union(other.geometry),
            masks.and(other.masks),
            format,
            only,
            shift || other.shift,
            null,
            all,
            allLaws)
        .withFormat(other.format);
  }
}
