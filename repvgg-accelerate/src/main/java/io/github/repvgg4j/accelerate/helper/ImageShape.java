package io.github.repvgg4j.accelerate.helper;

import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.Order;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Float32 images, whatever the order of their axes in Deeplearning4j. */
record ImageShape(long images, long channels, long height, long width, CNN2DFormat format) {

  static ImageShape of(INDArray array, CNN2DFormat format) {
    return format == CNN2DFormat.NHWC
        ? new ImageShape(array.size(0), array.size(3), array.size(1), array.size(2), format)
        : new ImageShape(array.size(0), array.size(1), array.size(2), array.size(3), format);
  }

  /** {@code [N, C, H, W]}. */
  long[] dims() {
    return new long[] {images, channels, height, width};
  }

  /** Of an array of this shape and format in C order. */
  Layout layout() {
    return layout(dims());
  }

  /** Of an array of this format in C order with other axes {@code [N, C, H, W]}. */
  Layout layout(long[] dims) {
    Order order = format == CNN2DFormat.NHWC ? Order.CHANNELS_LAST : Order.PLAIN;
    return Layout.of(DataType.F32, order, dims);
  }
}
