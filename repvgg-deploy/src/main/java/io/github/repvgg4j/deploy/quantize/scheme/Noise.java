package io.github.repvgg4j.deploy.quantize.scheme;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.deploy.quantize.scale.CalibrationSet;
import io.github.repvgg4j.deploy.quantize.trace.Coded;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.trace.FloatTrace;
import io.github.repvgg4j.deploy.quantize.trace.IntegerNodes;
import io.github.repvgg4j.deploy.quantize.trace.IntegerTrace;
import io.github.repvgg4j.deploy.quantize.trace.Trace;
import io.github.repvgg4j.runtime.graph.FastGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where the noise of a quantised network comes from. */
public final class Noise {

  /** Ratios of sums over so many numbers need no more. */
  private static final int IMAGES = 128;

  private final Integers integers;
  private final Map<Integer, SignalToNoise> own = new TreeMap<>();
  private final Map<Integer, SignalToNoise> accumulated = new TreeMap<>();

  /**
   * One layer's signal to noise ratio at its output, 10 log10(Σ x² / Σ (x - q)²) in dB.
   *
   * @param layer its name
   * @param ownDb with exact inputs: what this layer adds by itself
   * @param accumulatedDb with the integers before it
   */
  public record LayerNoise(String layer, double ownDb, double accumulatedDb) {}

  private Noise(Integers integers) {
    this.integers = integers;
  }

  /** Each integer layer, in order, on some of the images. */
  public static List<LayerNoise> ofLayers(Integers integers, CalibrationSet images) {
    Noise noise = new Noise(integers);
    noise.measure(images);
    return integers.layers().keySet().stream()
        .map(
            node ->
                new LayerNoise(
                    integers.network().layer(node).name(),
                    noise.own.get(node).decibels(),
                    noise.accumulated.get(node).decibels()))
        .toList();
  }

  private void measure(CalibrationSet images) {
    FloatNetwork network = integers.network();
    try (FloatTrace exact = new FloatTrace(network, images.shape());
        IntegerTrace coded = integers.trace(images.shape());
        IntegerNodes single = new IntegerNodes(network, integers.layers(), images.shape())) {
      for (int b = 0; b < batches(images); b++) {
        float[] values = images.batch(b);
        Map<Integer, float[]> tensors = new HashMap<>();
        exact.run(values, images.size(b), keeping(tensors));
        coded.run(values, images.size(b), comparing(tensors));
        for (int node : integers.layers().keySet()) {
          float[] alone = alone(node, single, tensors, images.size(b));
          ratio(own, node).add(tensors.get(node), alone);
        }
      }
    }
  }

  private static int batches(CalibrationSet images) {
    int each = CalibrationSet.batchOf(images.shape());
    return Math.min((IMAGES + each - 1) / each, images.batches());
  }

  private static Trace.Observer keeping(Map<Integer, float[]> tensors) {
    return new Trace.Observer() {
      @Override
      public void tensor(int node, float[] values, int batch) {
        tensors.put(node, values);
      }
    };
  }

  private Trace.Observer comparing(Map<Integer, float[]> tensors) {
    return new Trace.Observer() {
      @Override
      public void tensor(int node, float[] values, int batch) {
        if (node != FastGraph.IMAGES) {
          ratio(accumulated, node).add(tensors.get(node), values);
        }
      }
    };
  }

  private float[] alone(int node, IntegerNodes single, Map<Integer, float[]> exact, int batch) {
    List<Coded> inputs = new ArrayList<>();
    for (int input : integers.network().graph().nodes().get(node).inputs()) {
      Codes codes = integers.codes().get(input);
      float[] values = exact.get(input);
      inputs.add(codes == null ? Coded.real(values) : Coded.of(values, codes));
    }
    float[] sums = single.sums(node, inputs, batch);
    return single.tensor(node, sums, batch, integers.codes().get(node)).real();
  }

  private static SignalToNoise ratio(Map<Integer, SignalToNoise> ratios, int node) {
    return ratios.computeIfAbsent(node, n -> new SignalToNoise());
  }
}
