package io.github.repvgg4j.deploy.quantize.trace;

import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.spec.InputShape;
import java.util.ArrayList;
import java.util.List;

/** A network in float32. */
public final class FloatTrace implements Trace {

  private final NodeRunner runner;
  private final LastReaders readers;

  /**
   * @param image shape of one image
   */
  public FloatTrace(FloatNetwork network, InputShape image) {
    this.runner = new NodeRunner(network, image);
    this.readers = LastReaders.of(network.graph());
  }

  @Override
  public float[] run(float[] images, int batch, Observer observer) {
    FastGraph graph = runner.network().graph();
    List<float[]> tensors = new ArrayList<>();
    observer.tensor(FastGraph.IMAGES, images, batch);
    for (int n = 0; n < graph.nodes().size(); n++) {
      List<float[]> inputs =
          graph.nodes().get(n).inputs().stream()
              .map(i -> i == FastGraph.IMAGES ? images : tensors.get(i))
              .toList();
      float[] sums = runner.sums(n, inputs, batch);
      observer.sums(n, sums, batch);
      float[] values = runner.apply(n, sums, batch);
      observer.tensor(n, values, batch);
      tensors.add(values);
      readers.releasedBy(n).forEach(done -> tensors.set(done, null));
    }
    return tensors.get(graph.head().node());
  }

  @Override
  public void close() {
    runner.close();
  }
}
