package io.github.repvgg4j.accelerate;

import io.github.repvgg4j.accelerate.AccelerationReport.Entry;
import io.github.repvgg4j.accelerate.AccelerationReport.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.LayerHelper;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a network's convolution and BatchNorm layers fast helpers in place of Deeplearning4j's
 * im2col and broadcasts, each after it agreed with the stock path on that layer's geometry.
 *
 * <p>Helpers belong to one network object in memory: its parameters, configuration and zip stay as
 * they are. So call {@link #enable} again after each load, clone or {@code TransferLearning}, which
 * make a new object. Calling it twice is harmless.
 */
public final class Accelerator {

  private static final Logger LOG = LoggerFactory.getLogger(Accelerator.class);

  private Accelerator() {}

  /** Mode AUTO, unless system property {@value AccelerationMode#PROPERTY} says otherwise. */
  public static AccelerationReport enable(Model network) {
    return enable(network, AccelerationMode.AUTO);
  }

  /**
   * @param network an initialised ComputationGraph or MultiLayerNetwork, changed in place
   * @param mode overridden by system property {@value AccelerationMode#PROPERTY}
   * @return a listing of all convolution and BatchNorm layers
   * @throws IllegalStateException in mode REQUIRE where a layer has to stay stock; the network then
   *     runs the stock path everywhere
   */
  public static AccelerationReport enable(Model network, AccelerationMode mode) {
    return enable(network, mode.unlessOverridden(), HelperSource.all());
  }

  static AccelerationReport enable(Model network, AccelerationMode mode, HelperSource source) {
    long start = System.nanoTime();
    List<Entry> entries = new ArrayList<>();
    for (Layer layer : layers(network)) {
      HelperSlot slot = HelperSlot.of(layer);
      if (slot != null) {
        entries.add(enable(slot, layer, mode, source));
      }
    }
    long millis = (System.nanoTime() - start) / 1_000_000;
    AccelerationReport report = new AccelerationReport(mode, entries, millis);
    refuseStockWhereRequired(network, report);
    LOG.debug("{}", report.summary());
    return report;
  }

  /**
   * Accelerates the replicas inside a {@code ParallelInference}, which it builds itself. Call it
   * after {@code build()} and before the first {@code output}.
   *
   * @param parallelInference with InferenceMode INPLACE; other modes make their replicas later, in
   *     threads of their own
   * @return one report a network found
   */
  public static List<AccelerationReport> enableReplicas(
      Object parallelInference, AccelerationMode mode) {
    return Replicas.of(parallelInference).stream().map(model -> enable(model, mode)).toList();
  }

  /** Takes all helpers away: the network runs stock Deeplearning4j again. */
  public static void disable(Model network) {
    for (Layer layer : layers(network)) {
      HelperSlot slot = HelperSlot.of(layer);
      if (slot != null) {
        slot.set(layer, null);
      }
    }
  }

  /** Which helpers a network has now; changes and checks nothing. */
  public static AccelerationReport report(Model network) {
    List<Entry> entries = new ArrayList<>();
    for (Layer layer : layers(network)) {
      if (HelperSlot.of(layer) != null) {
        LayerHelper helper = layer.getHelper();
        entries.add(
            new Entry(
                layer.conf().getLayer().getLayerName(),
                helper == null ? "-" : helper.getClass().getSimpleName(),
                helper == null ? Verdict.STOCK : Verdict.ACTIVE,
                helper == null ? "no helper set" : "helper set",
                Double.NaN,
                Double.NaN));
      }
    }
    return new AccelerationReport(AccelerationMode.AUTO.unlessOverridden(), entries, 0);
  }

  private static void refuseStockWhereRequired(Model network, AccelerationReport report) {
    if (report.mode() != AccelerationMode.REQUIRE || report.stock().isEmpty()) {
      return;
    }
    disable(network);
    Entry first = report.stock().get(0);
    throw new IllegalStateException(
        String.format(
            Locale.ROOT,
            "accelerate: require, but %d of %d layers stay on the stock path; first %s: %s. "
                + "Use accelerate: auto to run them as they are.",
            report.stock().size(),
            report.layers().size(),
            first.layer(),
            first.reason()));
  }

  private static Entry enable(
      HelperSlot slot, Layer layer, AccelerationMode mode, HelperSource source) {
    String name = layer.conf().getLayer().getLayerName();
    String obstacle = obstacle(slot, layer, mode);
    if (obstacle != null) {
      slot.set(layer, null);
      return new Entry(name, "-", Verdict.STOCK, obstacle, Double.NaN, Double.NaN);
    }
    Entry refused = null;
    for (HelperSource.Candidate candidate : source.candidates(slot)) {
      HelperCheck.Result result = HelperCheck.of(slot, layer, candidate);
      Entry entry = entry(name, candidate.type().getSimpleName(), result);
      if (result.agrees()) {
        keepOrSet(slot, layer, candidate);
        return entry;
      }
      LOG.info("{}: {} refused: {}", name, entry.helper(), entry.reason());
      refused = entry;
    }
    slot.set(layer, null);
    return refused != null
        ? refused
        : new Entry(name, "-", Verdict.STOCK, "no helper here", Double.NaN, Double.NaN);
  }

  private static Entry entry(String name, String helper, HelperCheck.Result result) {
    String reason;
    if (result.failure() != null) {
      reason = result.failure();
    } else if (result.agrees()) {
      reason = "agrees with the stock path";
    } else {
      reason =
          String.format(
              Locale.ROOT,
              "differs from the stock path by %.1e forward, %.1e backward; %.0e allowed",
              result.forwardDifference(),
              result.backwardDifference(),
              HelperCheck.TOLERANCE);
    }
    return new Entry(
        name,
        helper,
        result.agrees() ? Verdict.ACTIVE : Verdict.STOCK,
        reason,
        result.forwardDifference(),
        result.backwardDifference());
  }

  private static void keepOrSet(HelperSlot slot, Layer layer, HelperSource.Candidate candidate) {
    LayerHelper current = layer.getHelper();
    if (current == null || current.getClass() != candidate.type()) {
      slot.set(layer, candidate.make().apply(layer));
    }
  }

  /** Why no helper may serve this layer, or null. */
  private static String obstacle(HelperSlot slot, Layer layer, AccelerationMode mode) {
    if (mode == AccelerationMode.OFF) {
      return "switched off";
    }
    if (!slot.fits(layer)) {
      return "no helper for " + layer.getClass().getSimpleName();
    }
    DataType type = layer.params().dataType();
    if (type != DataType.FLOAT) {
      return "helpers compute in FLOAT, the network in " + type;
    }
    if (layer.conf().getLayer() instanceof BatchNormalization norm && norm.isLockGammaBeta()) {
      return "gamma and beta are locked";
    }
    return null;
  }

  private static List<Layer> layers(Model network) {
    Layer[] layers;
    if (network instanceof ComputationGraph graph) {
      layers = graph.getLayers();
    } else if (network instanceof MultiLayerNetwork list) {
      layers = list.getLayers();
    } else {
      throw new IllegalArgumentException(
          "accelerate: neither ComputationGraph nor MultiLayerNetwork: "
              + network.getClass().getName());
    }
    if (layers == null) {
      throw new IllegalArgumentException("accelerate: the network has no layers yet; call init()");
    }
    List<Layer> unwrapped = new ArrayList<>();
    for (Layer layer : layers) {
      Layer inner = layer;
      while (inner instanceof BaseWrapperLayer wrapper) {
        inner = wrapper.getUnderlying();
      }
      unwrapped.add(inner);
    }
    return unwrapped;
  }
}
