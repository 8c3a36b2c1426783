package io.github.repvgg4j.rewrite.step;

import io.github.repvgg4j.layer.GroupedConvolution2D;
import io.github.repvgg4j.network.ConvolutionAxes;
import io.github.repvgg4j.network.Node;
import io.github.repvgg4j.reparam.Axis;
import io.github.repvgg4j.reparam.BatchNormStatistics;
import io.github.repvgg4j.reparam.Geometry;
import io.github.repvgg4j.reparam.NotFusibleException;
import io.github.repvgg4j.reparam.Padding;
import java.util.Collections;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;

/** Reads what a node computes in inference out of its configuration; structure, never names. */
public final class StepReader {

  private StepReader() {}

  /** What a node computes; of its parameters only small ones are read. */
  public static Step read(Node node) {
    if (node.vertex() != null) {
      return vertex(node.vertex(), node.inputs().size());
    }
    Layer layer = node.layer();
    if (layer instanceof BaseLayer base && base.getWeightNoise() != null) {
      return new Step.Barred("has weight noise, which may act in inference");
    }
    try {
      return layer(node, layer);
    } catch (NotFusibleException e) {
      return new Step.Barred(e.getMessage());
    }
  }

  private static Step layer(Node node, Layer layer) {
    if (layer instanceof ConvolutionLayer convolution) {
      return ConvolutionSteps.read(node, convolution);
    }
    if (layer instanceof GroupedConvolution2D grouped) {
      return ConvolutionSteps.grouped(node, grouped);
    }
    if (layer instanceof BatchNormalization batchNorm) {
      if (!batchNorm.isMinibatch()) {
        return new Step.Barred("BatchNorm is set to minibatch(false), a setting for training only");
      }
      BatchNormStatistics statistics = BatchNormReader.read(node.params(), batchNorm);
      return new Step.Affine(statistics.affine(), statistics, batchNorm.getCnn2DFormat());
    }
    if (layer instanceof ActivationLayer activation) {
      return activation(activation.getActivationFn());
    }
    if (layer instanceof DropoutLayer) {
      return new Step.Pass();
    }
    if (layer instanceof SubsamplingLayer pooling) {
      return pooling(pooling);
    }
    if (layer instanceof ZeroPaddingLayer padding) {
      int[] p = padding.getPadding();
      Geometry zeros =
          new Geometry(
              new Axis(1, 1, 1, new Padding.Fixed(p[0], p[1])),
              new Axis(1, 1, 1, new Padding.Fixed(p[2], p[3])));
      return new Step.Spatial(
          zeros, zeros, padding.getDataFormat(), Step.Spatial.Kind.ZERO_PADDING);
    }
    String type = layer.getClass().getSimpleName();
    return layer instanceof LocallyConnected1D || layer instanceof LocallyConnected2D
        ? new Step.Unfusable("is a " + type + ", whose kernel is another one at each place")
        : new Step.Other(type);
  }

  private static Step activation(IActivation function) {
    if (function instanceof ActivationIdentity) {
      return new Step.Pass();
    }
    return function instanceof ActivationSoftmax
        ? new Step.Other("softmax, which is not element by element")
        : new Step.Activate(function);
  }

  private static Step pooling(SubsamplingLayer pooling) {
    if (pooling.getPoolingType() != PoolingType.AVG) {
      return new Step.Other(pooling.getPoolingType() + " pooling");
    }
    Geometry geometry =
        geometry(
            pooling.getKernelSize(),
            pooling.getStride(),
            pooling.getPadding(),
            pooling.getDilation(),
            pooling.getConvolutionMode());
    if (geometry.isPadded() && !pooling.isAvgPoolIncludePadInDivisor()) {
      return new Step.Other(
          "average pooling that leaves its padding out of the divisor: the border is scaled"
              + " differently");
    }
    return new Step.Spatial(
        geometry,
        Step.maskWindow(geometry, pooling.getConvolutionMode()),
        pooling.getCnn2dDataFormat(),
        Step.Spatial.Kind.AVERAGE_POOL);
  }

  private static Step vertex(GraphVertex vertex, int inputs) {
    if (vertex instanceof ElementWiseVertex elementWise) {
      return switch (elementWise.getOp()) {
        case Add -> new Step.Sum(Collections.nCopies(inputs, 1.0));
        case Subtract -> new Step.Sum(List.of(1.0, -1.0));
        case Average -> new Step.Sum(Collections.nCopies(inputs, 1.0 / inputs));
        default -> new Step.Other("element-wise " + elementWise.getOp());
      };
    }
    if (vertex instanceof ScaleVertex scale) {
      return new Step.Scale(scale.getScaleFactor(), 0);
    }
    if (vertex instanceof ShiftVertex shift) {
      return new Step.Scale(1, shift.getShiftFactor());
    }
    return new Step.Other(vertex.getClass().getSimpleName());
  }

  static Geometry geometry(
      int[] kernel, int[] stride, int[] padding, int[] dilation, ConvolutionMode mode) {
    return new Geometry(
        ConvolutionAxes.of(kernel[0], stride[0], padding[0], dilation[0], mode),
        ConvolutionAxes.of(kernel[1], stride[1], padding[1], dilation[1], mode));
  }

  /** The format that a layer states, NCHW where it states none (DL4J's own default). */
  static CNN2DFormat format(CNN2DFormat stated) {
    return stated == null ? CNN2DFormat.NCHW : stated;
  }
}
