package io.github.repvgg4j.deploy.quantize.scheme;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.deploy.quantize.scale.Calibration;
import io.github.repvgg4j.deploy.quantize.scale.CalibrationSet;
import io.github.repvgg4j.deploy.quantize.scale.TapSample;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme.BiasCorrection;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme.Rounding;
import io.github.repvgg4j.deploy.quantize.trace.Coded;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork.Weighted;
import io.github.repvgg4j.deploy.quantize.trace.IntegerNodes;
import io.github.repvgg4j.deploy.quantize.trace.LastReaders;
import io.github.repvgg4j.deploy.quantize.weight.WeightRounding;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.GraphShapes;
import io.github.repvgg4j.spec.InputShape;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Quantises one layer after the other, each behind the integers before it: its weights are rounded
 * by what they will be multiplied with, and its bias takes out what all before it left of the mean
 * (Nagel et al., arXiv 1906.04721, section 4.2).
 */
final class LayerByLayer {

  private final FloatNetwork network;
  private final Calibration calibration;
  private final CalibrationSet images;
  private final Parts parts;
  private final Scheme scheme;
  private final List<InputShape> shapes;
  private final SortedMap<Integer, Codes> codes = new TreeMap<>();
  private final SortedMap<Integer, QuantizedLayer> layers = new TreeMap<>();

  LayerByLayer(
      FloatNetwork network,
      Calibration calibration,
      CalibrationSet images,
      Parts parts,
      Scheme scheme) {
    this.network = network;
    this.calibration = calibration;
    this.images = images;
    this.parts = parts;
    this.scheme = scheme;
    this.shapes = GraphShapes.of(network.graph(), images.shape()).shapes();
  }

  Integers run() {
    parts.coded().forEach(tensor -> codes.put(tensor, codes(tensor)));
    if (scheme.bias() == BiasCorrection.NONE) {
      for (int node : parts.integers()) {
        layers.put(node, quantised(node, bias(node), WeightRounding.NEAREST));
      }
    } else {
      walk();
    }
    SortedMap<Integer, Codes> observed = new TreeMap<>();
    parts.integers().stream()
        .filter(node -> !codes.containsKey(node))
        .forEach(node -> observed.put(node, codes(node)));
    return new Integers(network, layers, codes, observed);
  }

  private Codes codes(int tensor) {
    Parts.Numbering numbering = Parts.numbering(network, tensor, scheme.weights().limit());
    return scheme
        .activations()
        .codes(calibration.tensors().get(tensor).histogram(), numbering.type, numbering.zeroPoint);
  }

  private void walk() {
    LastReaders readers = LastReaders.of(network.graph());
    HeldTensors held = new HeldTensors(images, codes);
    int batches = batchesThatFit(readers);
    for (int n = 0; n < network.graph().nodes().size(); n++) {
      if (parts.integers().contains(n)) {
        layers.put(n, corrected(n, held, batches));
      }
      if (n != network.graph().head().node()) {
        hold(n, held, batches);
      }
      readers.releasedBy(n).forEach(held::forget);
    }
  }

  private QuantizedLayer corrected(int node, HeldTensors held, int batches) {
    double[] bias = bias(node);
    double[] wanted = calibration.sumMean(node, images, batches);
    double[] actual = new double[bias.length];
    long all = 0;
    WeightRounding rounding = rounding(node, held, batches);
    try (IntegerNodes nodes = nodes(node, quantised(node, bias, rounding))) {
      for (int b = 0; b < batches; b++) {
        float[] sums = nodes.sums(node, inputs(node, held, b), images.size(b));
        double[] means = Calibration.channelMeans(sums, images.size(b), bias.length);
        for (int o = 0; o < actual.length; o++) {
          actual[o] += means[o] * images.size(b);
        }
        all += images.size(b);
      }
    }
    for (int o = 0; o < bias.length; o++) {
      bias[o] += wanted[o] - actual[o] / all;
    }
    return quantised(node, bias, rounding);
  }

  private WeightRounding rounding(int node, HeldTensors held, int batches) {
    if (scheme.rounding() == Rounding.NEAREST) {
      return WeightRounding.NEAREST;
    }
    int input = network.graph().nodes().get(node).inputs().get(0);
    InputShape read = input == FastGraph.IMAGES ? images.shape() : shapes.get(input);
    TapSample taps = TapSample.of(network, node, read, shapes.get(node));
    Iterable<float[]> tensors =
        () -> IntStream.range(0, batches).mapToObj(b -> held.get(input, b).numbers()).iterator();
    int all = IntStream.range(0, batches).map(images::size).sum();
    return new GptqFit(network, node, taps).rounding(tensors, all);
  }

  private void hold(int node, HeldTensors held, int batches) {
    try (IntegerNodes nodes = nodes(node, layers.get(node))) {
      for (int b = 0; b < batches; b++) {
        float[] sums = nodes.sums(node, inputs(node, held, b), images.size(b));
        held.add(node, nodes.tensor(node, sums, images.size(b), codes.get(node)));
      }
    }
  }

  private IntegerNodes nodes(int node, QuantizedLayer layer) {
    SortedMap<Integer, QuantizedLayer> own = new TreeMap<>();
    if (layer != null) {
      own.put(node, layer);
    }
    return new IntegerNodes(network, own, images.shape());
  }

  private List<Coded> inputs(int node, HeldTensors held, int batch) {
    List<Coded> inputs = new ArrayList<>();
    network.graph().nodes().get(node).inputs().forEach(i -> inputs.add(held.get(i, batch)));
    return inputs;
  }

  private double[] bias(int node) {
    Weighted layer = network.weighted(node);
    double[] bias = new double[layer.out()];
    for (int o = 0; o < bias.length; o++) {
      bias[o] = layer.bias()[o];
    }
    return bias;
  }

  private QuantizedLayer quantised(int node, double[] bias, WeightRounding rounding) {
    int input = network.graph().nodes().get(node).inputs().get(0);
    float inputScale = codes.get(input).scale();
    return scheme.weights().quantise(network.weighted(node), bias, inputScale, rounding);
  }

  /** A mean needs not all images where their tensors would take more than a third of the heap. */
  private int batchesThatFit(LastReaders readers) {
    FastGraph graph = network.graph();
    long live = 0;
    long most = 1;
    for (int n = 0; n < shapes.size(); n++) {
      live += bytes(n);
      most = Math.max(most, live);
      for (int done : readers.releasedBy(n)) {
        live -= bytes(done);
      }
    }
    long budget = Runtime.getRuntime().maxMemory() / 3;
    long fit = budget / most / CalibrationSet.batchOf(images.shape());
    return (int) Math.max(1, Math.min(images.batches(), fit));
  }

  private long bytes(int tensor) {
    InputShape shape = shapes.get(tensor);
    long numbers = (long) shape.channels() * shape.height() * shape.width();
    return codes.containsKey(tensor) ? numbers : Float.BYTES * numbers;
  }
}
