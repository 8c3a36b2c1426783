package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.onednn.Memory;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.graph.GraphShapes;
import io.github.repvgg4j.spec.InputShape;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Where a program with {@link PlanRequest.Results#EVERY_TENSOR} writes. */
final class ObservedTensors {

  private final PlanBuilder.Model model;
  private final int nodes;
  private final List<long[]> dims = new ArrayList<>();
  private final List<FloatBuffer> results;

  ObservedTensors(PlanBuilder.Model model, BatchShape shape) {
    this.model = model;
    this.nodes = model.graph().nodes().size();
    int batch = shape.batch();
    InputShape image = new InputShape(shape.channels(), shape.height(), shape.width());
    dims.add(axes(batch, image));
    List<InputShape> shapes = GraphShapes.of(model.graph(), image).shapes();
    for (int i = 0; i < nodes; i++) {
      dims.add(
          isDense(i) ? new long[] {batch, shapes.get(i).channels()} : axes(batch, shapes.get(i)));
    }
    int head = model.graph().head().node();
    if (!isDense(head)) {
      dims.add(dims.get(head + 1)); // the logits, given out once more
    }
    this.results =
        dims.stream()
            .map(it -> DirectFloats.zeros(Math.toIntExact(FastLayer.product(it))))
            .toList();
  }

  private static long[] axes(int batch, InputShape image) {
    return new long[] {batch, image.channels(), image.height(), image.width()};
  }

  private boolean isDense(int node) {
    return model.graph().nodes().get(node).layer() instanceof FastLayer.Dense;
  }

  /** Of a run's slots. */
  long[] addresses(long images) {
    return LongStream.concat(LongStream.of(images), results.stream().mapToLong(Memory::address))
        .toArray();
  }

  /** What the run wrote. */
  Observation read() {
    List<NodeTensor> tensors = IntStream.range(0, nodes).mapToObj(this::read).toList();
    Observation observation = new Observation(read(FastGraph.IMAGES), tensors);
    Reference.reachabilityFence(results);
    return observation;
  }

  private NodeTensor read(int node) {
    FloatBuffer result = results.get(node + 1);
    float[] numbers = new float[result.capacity()];
    result.duplicate().get(numbers);
    Optional<Codes> codes = model.integers().map(it -> it.tensors().get(node));
    return new NodeTensor(dims.get(node + 1), codes, numbers);
  }
}
