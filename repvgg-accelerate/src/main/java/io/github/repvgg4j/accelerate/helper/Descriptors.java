package io.github.repvgg4j.accelerate.helper;

import org.bytedeco.dnnl.memory;
import org.deeplearning4j.nn.conf.CNN2DFormat;

/** Float32 memory descriptors; dims are always in the order {@code [N, C, H, W]}. */
final class Descriptors {

  private Descriptors() {}

  static memory.desc of(long[] dims, memory.format_tag tag) {
    return new memory.desc(dims, memory.data_type.f32, tag);
  }

  /** The layout of an array in DL4J's format. */
  static memory.desc images(long[] dims, CNN2DFormat format) {
    return of(dims, format == CNN2DFormat.NHWC ? memory.format_tag.nhwc : memory.format_tag.nchw);
  }

  /** The layout left to oneDNN. */
  static memory.desc any(long[] dims) {
    return of(dims, memory.format_tag.any);
  }

  static memory.desc vector(long length) {
    return of(new long[] {length}, memory.format_tag.x);
  }

  /** {@code [N, C, H, W]} of an array's shape in DL4J's format. */
  static long[] nchw(long[] shape, CNN2DFormat format) {
    return format == CNN2DFormat.NHWC
        ? new long[] {shape[0], shape[3], shape[1], shape[2]}
        : shape.clone();
  }
}
