package io.github.repvgg4j.cuda.chain;

import io.github.repvgg4j.accelerate.chain.ChainNode;
import io.github.repvgg4j.accelerate.chain.ChainNode.Slice;
import io.github.repvgg4j.cuda.device.DeviceMemory;
import io.github.repvgg4j.cuda.device.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Where a graph's parameters lie on the device. Not in the graph's order: what is treated alike
 * lies together, so that a step is a few calls on ranges, and kernels lie as {@code [out, kH, kW,
 * in]}, so that no step transposes them. From the front: kernels, other decayed parameters, the
 * head's weights, the head's bias, other trained parameters, running means, running variances. Each
 * array begins at a multiple of 64 numbers; the gaps hold zeros.
 */
final class DeviceLayout {

  private static final int ALIGNMENT = 64;

  private final Map<Slice, Place> places = new HashMap<>();
  private final long parameters;
  private final long kernels;
  private final long head;
  private final long decayed;
  private final long headEnd;
  private final long trained;
  private final long elements;
  private long next;

  /**
   * An array's place.
   *
   * @param convolution whose kernel it is, or null
   */
  private record Place(Slice slice, long offset, ChainNode.Convolution convolution) {}

  /**
   * @param parameters of the graph
   * @param decayedNorm norms whose gamma is decayed, as kernels and the head's weights are
   */
  DeviceLayout(List<ChainNode> nodes, long parameters, Predicate<ChainNode.Norm> decayedNorm) {
    this.parameters = parameters;
    List<ChainNode.Norm> norms = of(nodes, ChainNode.Norm.class);
    ChainNode.Head last = of(nodes, ChainNode.Head.class).get(0);
    of(nodes, ChainNode.Convolution.class).forEach(node -> place(node.weights(), node));
    this.kernels = next;
    norms.stream().filter(decayedNorm).forEach(norm -> place(norm.gamma(), null));
    this.head = next;
    place(last.weights(), null);
    this.decayed = next;
    place(last.bias(), null);
    this.headEnd = next;
    norms.stream().filter(decayedNorm.negate()).forEach(norm -> place(norm.gamma(), null));
    norms.forEach(norm -> place(norm.beta(), null));
    this.trained = next;
    norms.forEach(norm -> place(norm.mean(), null));
    norms.forEach(norm -> place(norm.variance(), null));
    this.elements = next;
    long placed = places.keySet().stream().mapToLong(Slice::length).sum();
    if (placed != parameters) {
      throw new IllegalStateException(placed + " of " + parameters + " parameters have a place");
    }
  }

  static <T extends ChainNode> List<T> of(List<ChainNode> nodes, Class<T> type) {
    List<T> found = new ArrayList<>();
    nodes.stream().filter(type::isInstance).map(type::cast).forEach(found::add);
    return found;
  }

  private void place(Slice slice, ChainNode.Convolution convolution) {
    places.put(slice, new Place(slice, next, convolution));
    next += (slice.length() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Numbers of the device's vector, gaps included. */
  long elements() {
    return elements;
  }

  /** The range of an array in a vector that lies like this. */
  Span span(DeviceMemory vector, Slice slice) {
    return vector.span(places.get(slice).offset, slice.length());
  }

  Span kernels(DeviceMemory vector) {
    return vector.span(0, kernels);
  }

  /** What weight decay applies to. */
  Span decayed(DeviceMemory vector) {
    return vector.span(0, decayed);
  }

  /** What follows its gradient. */
  Span trained(DeviceMemory vector) {
    return vector.span(0, trained);
  }

  /** What follows its gradient and is not the head's: two ranges. */
  List<Span> backbone(DeviceMemory vector) {
    return List.of(vector.span(0, head), vector.span(headEnd, trained - headEnd));
  }

  Span head(DeviceMemory vector) {
    return vector.span(head, headEnd - head);
  }

  /** Running means and variances. */
  Span statistics(DeviceMemory vector) {
    return vector.span(trained, elements - trained);
  }

  /** Where a running mean or variance lies within {@link #statistics}. */
  int withinStatistics(Slice slice) {
    return Math.toIntExact(places.get(slice).offset - trained);
  }

  /**
   * @param flat in the graph's order
   */
  float[] toDevice(float[] flat) {
    float[] vector = new float[Math.toIntExact(elements)];
    for (Place place : places.values()) {
      move(place, (from, to) -> vector[to] = flat[from]);
    }
    return vector;
  }

  /** In the graph's order. */
  float[] toGraph(float[] vector) {
    float[] flat = new float[Math.toIntExact(parameters)];
    for (Place place : places.values()) {
      move(place, (to, from) -> flat[to] = vector[from]);
    }
    return flat;
  }

  private interface Move {
    void one(int inGraph, int onDevice);
  }

  private static void move(Place place, Move move) {
    int graph = Math.toIntExact(place.slice.offset());
    int device = Math.toIntExact(place.offset);
    if (place.convolution == null) {
      for (int i = 0; i < place.slice.length(); i++) {
        move.one(graph + i, device + i);
      }
      return;
    }
    int in = Math.toIntExact(place.convolution.in() / place.convolution.groups());
    int area = Math.toIntExact(place.convolution.kernel()[0] * place.convolution.kernel()[1]);
    for (int i = 0; i < place.slice.length(); i++) {
      int out = i / (in * area);
      move.one(graph + i, device + (out * area + i % area) * in + i / area % in);
    }
  }
}
