package io.github.repvgg4j.deploy.onnx;

import io.github.repvgg4j.deploy.onnx.NetworkNodes.LayerBody;
import java.util.Optional;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;

/** Which axes Deeplearning4j's arrays of images have; the file's are {@code [N, C, H, W]}. */
enum Layout {
  NCHW(0, 1, 2, 3),
  NHWC(0, 2, 3, 1);

  private final int[] axes;

  Layout(int... axes) {
    this.axes = axes;
  }

  /** The file's axis for one of the network's. */
  int axis(int dl4j, int rank) {
    int axis = dl4j < 0 ? dl4j + rank : dl4j;
    return rank == 4 ? axes[axis] : axis;
  }

  /** The layout that all layers of a network state. */
  static Layout of(NetworkNodes network) {
    Layout layout = null;
    for (NetworkNodes.Node node : network.nodes()) {
      Layout stated =
          node.body() instanceof LayerBody body ? stated(body.layer()).orElse(null) : null;
      if (layout != null && stated != null && layout != stated) {
        throw new IllegalArgumentException(
            "layer " + node.name() + ": a network of both NCHW and NHWC layers cannot be written");
      }
      layout = layout == null ? stated : layout;
    }
    return layout == null ? NCHW : layout;
  }

  private static Optional<Layout> stated(Layer layer) {
    return Optional.ofNullable(format(layer)).map(f -> f == CNN2DFormat.NHWC ? NHWC : NCHW);
  }

  private static CNN2DFormat format(Layer layer) {
    if (layer instanceof ConvolutionLayer conv) {
      return conv.getCnn2dDataFormat();
    }
    if (layer instanceof SubsamplingLayer pooling) {
      return pooling.getCnn2dDataFormat();
    }
    if (layer instanceof Upsampling2D up) {
      return up.getFormat();
    }
    if (layer instanceof ZeroPaddingLayer padding) {
      return padding.getDataFormat();
    }
    if (layer instanceof Cropping2D cropping) {
      return cropping.getDataFormat();
    }
    if (layer instanceof SpaceToDepthLayer space) {
      return space.getDataFormat();
    }
    if (layer instanceof LocalResponseNormalization lrn) {
      return lrn.getDataFormat();
    }
    if (layer instanceof CnnLossLayer loss) {
      return loss.getFormat();
    }
    return layer instanceof Yolo2OutputLayer yolo ? yolo.getFormat() : null;
  }

  /** A BatchNorm of images that normalises another axis than the channels does something else. */
  void check(BatchNormalization norm, Value input) {
    boolean channelsLast = norm.getCnn2DFormat() == CNN2DFormat.NHWC;
    if (input.isImage() && channelsLast != (this == NHWC)) {
      throw new UnwritableException(
          "is set to " + norm.getCnn2DFormat() + " in a network that is " + this);
    }
  }
}
