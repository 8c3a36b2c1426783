package io.github.repvgg4j.accelerate;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.LayerHelper;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A layer's geometry with an input to try it on. It draws from its own random stream, so that a
 * check does not change what a seeded training draws next.
 *
 * @param conf the layer's configuration without dropout and weight noise, which are random
 * @param inputShape {@code [N, C, H, W]} or {@code [N, H, W, C]} as the layer has it, or {@code [N,
 *     C]}
 */
record LayerProbe(NeuralNetConfiguration conf, long[] inputShape) {

  private static final int BATCH = 2;
  private static final long SEED = 20210109;

  /** Arrays by name, detached copies. */
  record Outcome(Map<String, INDArray> outputs, Map<String, INDArray> gradients) {}

  /** What two layers must share for one check to speak for both. */
  static List<Object> geometry(Layer layer) {
    if (layer.conf().getLayer() instanceof ConvolutionLayer conv) {
      return List.of(
          conv.getNIn(),
          conv.getNOut(),
          Arrays.toString(conv.getKernelSize()),
          Arrays.toString(conv.getStride()),
          Arrays.toString(conv.getPadding()),
          Arrays.toString(conv.getDilation()),
          conv.getConvolutionMode(),
          conv.getCnn2dDataFormat(),
          conv.hasBias(),
          conv.getActivationFn());
    }
    BatchNormalization norm = (BatchNormalization) layer.conf().getLayer();
    return List.of(
        norm.getNOut(), norm.getEps(), norm.getDecay(), norm.isUseLogStd(), norm.getCnn2DFormat());
  }

  /**
   * Images for a convolution; images and vectors for a BatchNorm, which may stand behind either.
   */
  static List<LayerProbe> of(Layer layer) {
    NeuralNetConfiguration conf = layer.conf().clone();
    conf.getLayer().setIDropout(null);
    if (conf.getLayer() instanceof ConvolutionLayer conv) {
      conv.setWeightNoise(null);
      int height = side(conv, 0);
      int width = side(conv, 1) + 3;
      return List.of(new LayerProbe(conf, images(conv, conv.getCnn2dDataFormat(), height, width)));
    }
    BatchNormalization norm = (BatchNormalization) conf.getLayer();
    return List.of(
        new LayerProbe(conf, images(norm, norm.getCnn2DFormat(), 9, 12)),
        new LayerProbe(conf, new long[] {16, norm.getNOut()}));
  }

  private static int side(ConvolutionLayer conv, int axis) {
    int reach = conv.getDilation()[axis] * (conv.getKernelSize()[axis] - 1) + 1;
    return reach + 3 * conv.getStride()[axis] + 5;
  }

  private static long[] images(FeedForwardLayer layer, CNN2DFormat format, long h, long w) {
    return format == CNN2DFormat.NCHW
        ? new long[] {BATCH, layer.getNIn(), h, w}
        : new long[] {BATCH, h, w, layer.getNIn()};
  }

  /**
   * One inference, one training pass forward and backward, on the same random numbers each time.
   */
  Outcome run(HelperSlot slot, Function<Layer, LayerHelper> helper) {
    SplittableRandom random = new SplittableRandom(SEED);
    LayerWorkspaceMgr workspaces = LayerWorkspaceMgr.noWorkspaces();
    long count = conf.getLayer().initializer().numParams(conf);
    Layer layer =
        conf.getLayer()
            .instantiate(
                conf, Collections.emptyList(), 0, Nd4j.create(1, count), false, DataType.FLOAT);
    layer.setBackpropGradientsViewArray(Nd4j.create(1, count));
    layer.paramTable().forEach((key, value) -> value.assign(parameter(random, key, value.shape())));
    slot.set(layer, helper.apply(layer));
    INDArray input = uniform(random, inputShape, -1, 2);

    INDArray inference = layer.activate(input.dup(), false, workspaces).dup('c');
    INDArray training = layer.activate(input.dup(), true, workspaces).dup('c');
    INDArray epsilon = uniform(random, training.shape(), -1, 1);
    Pair<Gradient, INDArray> back = layer.backpropGradient(epsilon, workspaces);

    if (slot.failures(layer) > 0) {
      throw new IllegalStateException("it threw, and the layer fell back to the stock path");
    }

    Map<String, INDArray> gradients = new LinkedHashMap<>();
    gradients.put("input", back.getSecond().dup('c'));
    back.getFirst()
        .gradientForVariable()
        .forEach((key, value) -> gradients.put(key, value.dup('c')));
    return new Outcome(Map.of("inference", inference, "training", training), gradients);
  }

  private static INDArray parameter(SplittableRandom random, String key, long[] shape) {
    boolean scale = Stream.of("gamma", "var").anyMatch(key::equals);
    return scale ? uniform(random, shape, 0.5, 1.5) : uniform(random, shape, -0.5, 0.5);
  }

  private static INDArray uniform(SplittableRandom random, long[] shape, double low, double high) {
    float[] values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b))];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (low + (high - low) * random.nextDouble());
    }
    return Nd4j.create(values, shape, 'c');
  }
}
