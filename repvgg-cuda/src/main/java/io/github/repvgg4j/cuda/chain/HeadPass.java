package io.github.repvgg4j.cuda.chain;

import io.github.repvgg4j.accelerate.chain.ChainNode;
import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.cuda.device.ImageShape;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.device.PinnedMemory;
import io.github.repvgg4j.cuda.device.Span;
import io.github.repvgg4j.cuda.device.VectorMath;
import io.github.repvgg4j.cuda.device.VectorMath.Product;
import io.github.repvgg4j.cuda.device.VectorMath.Side;
import io.github.repvgg4j.cuda.device.VectorMath.Softmax;
import java.util.Arrays;

/**
 * Global average pooling, linear layer, softmax and cross-entropy with soft targets. Behind the
 * pooling all is float32. Matrices of N rows in memory are N columns to cuBLAS.
 */
final class HeadPass {

  private final CudaDevice device;
  private final DeviceParameters parameters;
  private final ChainNode.Head node;
  private final Tensor source;
  private final Tensor pooled;
  private final Span features;
  private final Span featureGradient;
  private final Span scores;
  private final Span logarithms;
  private final Span difference;
  private final Span ones;
  private final Span loss;
  private final int images;
  private final int inputs;
  private final int classes;

  HeadPass(
      CudaDevice device,
      MemoryPool pool,
      DeviceParameters parameters,
      ChainNode.Head node,
      Tensor source,
      NumberFormat format) {
    this.device = device;
    this.parameters = parameters;
    this.node = node;
    this.source = source;
    ImageShape shape = source.shape();
    this.images = shape.images();
    this.inputs = shape.channels();
    this.classes = Math.toIntExact(node.classes());
    this.pooled = new Tensor(pool, shape.pooled(), format);
    boolean wide = format == NumberFormat.FLOAT32;
    this.features = wide ? pooled.value() : floats(pool, images * inputs);
    this.featureGradient = wide ? pooled.gradient() : floats(pool, images * inputs);
    this.scores = floats(pool, images * classes);
    this.logarithms = floats(pool, images * classes);
    this.difference = floats(pool, images * classes);
    this.loss = floats(pool, 1);
    this.ones = floats(pool, images);
    fillOnes();
  }

  private static Span floats(MemoryPool pool, int count) {
    return pool.take(NumberFormat.FLOAT32, count).span(0, count);
  }

  private void fillOnes() {
    float[] one = new float[images];
    Arrays.fill(one, 1);
    try (PinnedMemory staging = device.pin(images)) {
      staging.write(0, one);
      device.upload(device.computing(), staging, ones);
      device.synchronize(device.computing());
    }
  }

  /** After {@link #forward}, on the device: minus the sum of the images' losses. */
  Span loss() {
    return loss;
  }

  /**
   * @param targets {@code [N, classes]}
   */
  void forward(Span targets) {
    VectorMath vectors = device.vectors();
    device.layers().pool(source.shape(), source.value(), pooled.value());
    if (features.format() != pooled.value().format()) {
      vectors.convert(pooled.value(), features);
    }
    vectors.multiply(
        new Product(Side.TRANSPOSED, Side.AS_IS, classes, images, inputs),
        parameters.value(node.weights()),
        features,
        scores);
    vectors.addToRows(images, classes, parameters.value(node.bias()), scores);
    vectors.softmax(Softmax.LOGARITHMS, images, classes, scores, logarithms);
    vectors.softmax(Softmax.PROBABILITIES, images, classes, scores, difference);
    vectors.dot(logarithms, targets, loss);
    vectors.axpy(-1, targets, difference);
  }

  /** Sums over the batch. */
  void backward() {
    VectorMath vectors = device.vectors();
    vectors.multiply(
        new Product(Side.AS_IS, Side.TRANSPOSED, inputs, classes, images),
        features,
        difference,
        parameters.gradient(node.weights()));
    vectors.multiply(
        new Product(Side.AS_IS, Side.AS_IS, classes, 1, images),
        difference,
        ones,
        parameters.gradient(node.bias()));
    vectors.multiply(
        new Product(Side.AS_IS, Side.AS_IS, inputs, images, classes),
        parameters.value(node.weights()),
        difference,
        featureGradient);
    if (featureGradient.format() != pooled.gradient().format()) {
      vectors.convert(featureGradient, pooled.gradient());
    }
  }

  /** The source's gradient. */
  void spread(Span sourceGradient) {
    device
        .layers()
        .poolGradient(
            source.shape(), source.value(), pooled.value(), pooled.gradient(), sourceGradient);
  }
}
