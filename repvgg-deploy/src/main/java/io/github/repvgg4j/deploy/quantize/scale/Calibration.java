package io.github.repvgg4j.deploy.quantize.scale;

import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.trace.FloatTrace;
import io.github.repvgg4j.deploy.quantize.trace.Trace;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.GraphShapes;
import io.github.repvgg4j.spec.InputShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A float32 network on calibration images: statistics of every tensor, and for each batch the mean
 * of every output channel's sums.
 *
 * @param tensors by node, the images by {@link FastGraph#IMAGES}
 * @param sumMeans by node, of convolutions and dense layers: {@code [batches][out]}
 */
public record Calibration(
    Map<Integer, TensorStatistics> tensors, Map<Integer, List<double[]>> sumMeans) {

  /** Runs all images. */
  public static Calibration of(FloatNetwork network, CalibrationSet images) {
    Collector collector = new Collector(network, images.shape());
    try (FloatTrace trace = new FloatTrace(network, images.shape())) {
      for (int b = 0; b < images.batches(); b++) {
        trace.run(images.batch(b), images.size(b), collector);
      }
    }
    return new Calibration(collector.tensors, collector.sumMeans);
  }

  /** Mean sums of the first batches. */
  public double[] sumMean(int node, CalibrationSet images, int batches) {
    double[] mean = new double[sumMeans.get(node).get(0).length];
    long all = 0;
    for (int b = 0; b < batches; b++) {
      double[] of = sumMeans.get(node).get(b);
      for (int o = 0; o < mean.length; o++) {
        mean[o] += of[o] * images.size(b);
      }
      all += images.size(b);
    }
    for (int o = 0; o < mean.length; o++) {
      mean[o] /= all;
    }
    return mean;
  }

  /**
   * The mean of each channel.
   *
   * @param sums {@code [batch, C, H, W]}
   */
  public static double[] channelMeans(float[] sums, int batch, int channels) {
    double[] mean = new double[channels];
    int pixels = sums.length / batch / channels;
    for (int i = 0; i < sums.length; i++) {
      mean[i / pixels % channels] += sums[i];
    }
    for (int c = 0; c < channels; c++) {
      mean[c] /= (double) batch * pixels;
    }
    return mean;
  }

  private static final class Collector implements Trace.Observer {

    private final FloatNetwork network;
    private final Map<Integer, TensorStatistics> tensors = new HashMap<>();
    private final Map<Integer, List<double[]>> sumMeans = new HashMap<>();

    Collector(FloatNetwork network, InputShape image) {
      this.network = network;
      List<InputShape> shapes = GraphShapes.of(network.graph(), image).shapes();
      tensors.put(FastGraph.IMAGES, new TensorStatistics(image.channels()));
      for (int n = 0; n < shapes.size(); n++) {
        tensors.put(n, new TensorStatistics(shapes.get(n).channels()));
      }
    }

    @Override
    public void sums(int node, float[] sums, int batch) {
      if (network.isWeighted(node)) {
        sumMeans
            .computeIfAbsent(node, n -> new ArrayList<>())
            .add(channelMeans(sums, batch, network.weighted(node).out()));
      }
    }

    @Override
    public void tensor(int node, float[] values, int batch) {
      tensors.get(node).add(values, batch);
    }
  }
}
