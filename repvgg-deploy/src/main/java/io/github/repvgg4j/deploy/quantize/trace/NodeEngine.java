package io.github.repvgg4j.deploy.quantize.trace;

import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.plan.BatchShape;
import io.github.repvgg4j.runtime.plan.DirectFloats;
import io.github.repvgg4j.runtime.plan.OneDnnEngine;
import io.github.repvgg4j.runtime.plan.Planning;
import io.github.repvgg4j.runtime.source.MemorySource;
import io.github.repvgg4j.runtime.source.NetworkParts;
import io.github.repvgg4j.runtime.source.Parameters;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;

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
    try (Parameters parameters = parameters(arrays)) {
      engine = new OneDnnEngine(graph, Optional.empty(), parameters, Precision.FP32, 0, PLANNING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Parameters parameters(List<float[]> arrays) {
    FloatBuffer all = FloatBuffer.allocate(arrays.stream().mapToInt(array -> array.length).sum());
    arrays.forEach(all::put);
    InputShape any = InputShape.square(1); // nothing asks for it
    return new MemorySource(new NetworkParts(new byte[0], all.flip(), any, Optional.empty()))
        .parameters();
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
}
