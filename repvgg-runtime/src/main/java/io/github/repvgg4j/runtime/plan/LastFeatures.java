package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.answer.FeatureMap;
import io.github.repvgg4j.answer.LinearHead;
import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.onednn.Memory;
import io.github.repvgg4j.runtime.graph.GraphShapes;
import io.github.repvgg4j.runtime.graph.PooledEnd;
import io.github.repvgg4j.spec.InputShape;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;

/** Where a program with {@link PlanRequest.Results#LAST_FEATURES} writes, for one image. */
final class LastFeatures {

  private final int node;
  private final Optional<Codes> codes;
  private final InputShape axes;
  private final FloatBuffer features;
  private final FloatBuffer logits;

  /**
   * @throws io.github.repvgg4j.answer.NoClassMapException where the network does not end so
   */
  LastFeatures(PlanBuilder.Model model, BatchShape shape) {
    this.node = PooledEnd.of(model.graph()).features();
    this.codes = model.integers().map(it -> it.tensors().get(node));
    InputShape image = new InputShape(shape.channels(), shape.height(), shape.width());
    this.axes = GraphShapes.of(model.graph(), image).shapes().get(node);
    this.features =
        DirectFloats.zeros(Math.multiplyExact(axes.channels(), axes.height() * axes.width()));
    this.logits = DirectFloats.zeros(model.graph().head().length());
  }

  /** Of a run's slots. */
  long[] addresses(long image) {
    return new long[] {image, Memory.address(features), Memory.address(logits)};
  }

  /** What the run wrote. */
  FeatureMap read() {
    Reference.reachabilityFence(logits);
    float[] numbers = new float[features.capacity()];
    features.get(0, numbers);
    long[] dims = {1, axes.channels(), axes.height(), axes.width()};
    float[] real = new NodeTensor(dims, codes, numbers).real();
    return new FeatureMap(axes.channels(), axes.height(), axes.width(), real);
  }

  /** The layer that reads their average. */
  static LinearHead head(PlanBuilder.Model model) {
    PooledEnd end = PooledEnd.of(model.graph());
    int classes = model.graph().head().length();
    Optional<QuantizedLayer> integers = model.integers().map(it -> it.layers().get(end.linear()));
    if (integers.isPresent()) {
      int read = model.graph().nodes().get(end.linear()).inputs().get(0);
      QuantizedNetwork network = model.integers().get();
      return of(integers.get(), network.tensors().get(read));
    }
    List<float[]> numbers = model.weights().get(end.linear()).numbers();
    return new LinearHead(classes, numbers.get(0), numbers.get(1));
  }

  private static LinearHead of(QuantizedLayer layer, Codes read) {
    float[] weights = new float[layer.weights().length];
    float[] bias = new float[layer.out()];
    int channels = weights.length / bias.length;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = layer.weightScales()[i / channels] * layer.weights()[i];
    }
    for (int o = 0; o < bias.length; o++) {
      bias[o] = read.scale() * layer.weightScales()[o] * layer.bias()[o];
    }
    return new LinearHead(bias.length, weights, bias);
  }
}
