package io.github.repvgg4j.deploy.quantize.trace;

import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.plan.BatchShape;
import io.github.repvgg4j.runtime.plan.DirectFloats;
import io.github.repvgg4j.runtime.plan.OneDnnEngine;
import io.github.repvgg4j.runtime.plan.Planning;
import io.github.repvgg4j.runtime.source.Parameters;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.util.Iterator;
import java.util.List;

/** One layer with one input as a network of its own. */
final class NodeEngine implements AutoCloseable {

  private static final Planning PLANNING = new Planning(2, Convolutions.DIRECT, 0);

  private final OneDnnEngine engine;
  private FloatBuffer in = DirectFloats.zeros(1);
  private FloatBuffer out = DirectFloats.zeros(1);

  NodeEngine(FastLayer layer, List<float[]> arrays, int channels) {
    FastGraph graph =
        new FastGraph(
            List.of(new FastGraph.Node(layer, List.of(FastGraph.IMAGES))),
            channels,
            new FastGraph.Result(0, layer.name(), 1, null));
    try {
      engine = new OneDnnEngine(graph, new OnHeap(arrays), Precision.FP32, 0, PLANNING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param values {@code [batch, C, H, W]}
   * @param shape of one
   * @param length numbers that the layer gives for the whole batch
   */
  float[] run(float[] values, int batch, InputShape shape, int length) {
    in = large(in, values.length);
    out = large(out, length);
    in.clear().put(values).flip();
    out.clear();
    engine.run(in, new BatchShape(batch, shape.channels(), shape.height(), shape.width()), out);
    float[] result = new float[length];
    out.get(result);
    return result;
  }

  private static FloatBuffer large(FloatBuffer buffer, int numbers) {
    return buffer.capacity() >= numbers ? buffer : DirectFloats.zeros(numbers);
  }

  @Override
  public void close() {
    engine.close();
  }

  /** Arrays one after the other. */
  private static final class OnHeap implements Parameters {

    private final List<float[]> arrays;
    private final Iterator<float[]> left;

    OnHeap(List<float[]> arrays) {
      this.arrays = arrays;
      this.left = arrays.iterator();
    }

    @Override
    public long length() {
      return arrays.stream().mapToLong(array -> array.length).sum();
    }

    @Override
    public void read(FloatBuffer target) {
      target.put(left.next());
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
