package io.github.repvgg4j.deploy.quantize.scheme;

import io.github.repvgg4j.deploy.quantize.scale.Calibration;
import io.github.repvgg4j.deploy.quantize.scale.CalibrationSet;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.trace.FloatTrace;
import io.github.repvgg4j.deploy.quantize.trace.IntegerTrace;
import io.github.repvgg4j.deploy.quantize.trace.Trace;
import io.github.repvgg4j.deploy.quantize.weight.ChannelPair;
import io.github.repvgg4j.deploy.quantize.weight.Equaliser;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Quantises one network by schemes on one set of images, the last quarter of which are fitted
 * nothing to: they tell how well it went. What is found out of the float32 network is kept for the
 * next scheme.
 */
public final class Quantiser {

  /** One of so many images. */
  private static final int LEFT_OUT = 4;

  private final FloatNetwork network;
  private final CalibrationSet images;
  private final CalibrationSet leftOut;
  private final Parts parts;
  private final List<ChannelPair> pairs;
  private final Map<Ranges, Observed> observed = new HashMap<>();
  private final List<float[]> logits = new ArrayList<>();

  private enum Ranges {
    AS_TRAINED,
    EQUALISED
  }

  private record Observed(FloatNetwork network, Calibration calibration) {}

  /**
   * @param parts of the network that are to be integers
   */
  public Quantiser(FloatNetwork network, CalibrationSet images, Parts parts) {
    this.network = network;
    int last = images.size() / LEFT_OUT;
    this.images = images.part(0, images.size() - last);
    this.leftOut = last == 0 ? this.images : images.part(images.size() - last, images.size());
    this.parts = parts;
    this.pairs = ChannelPair.of(network, parts.integers()::contains);
  }

  /** By one scheme; where no image tells what is better, channels stay as they were trained. */
  public Quantisation by(Scheme scheme) {
    if (pairs.isEmpty()) {
      return run(Ranges.AS_TRAINED, scheme);
    }
    return switch (scheme.equalisation()) {
      case NEVER -> run(Ranges.AS_TRAINED, scheme);
      case ALWAYS -> run(Ranges.EQUALISED, scheme);
      case WHERE_BETTER -> {
        Quantisation plain = run(Ranges.AS_TRAINED, scheme);
        if (leftOut == images) { // too few to leave any out
          yield plain;
        }
        Quantisation equalised = run(Ranges.EQUALISED, scheme);
        yield equalised.logitSqnrDb() > plain.logitSqnrDb() ? equalised : plain;
      }
    };
  }

  private Quantisation run(Ranges ranges, Scheme scheme) {
    Observed seen = observed(ranges);
    Integers integers =
        new LayerByLayer(seen.network, seen.calibration, images, parts, scheme).run();
    int equalised = ranges == Ranges.EQUALISED ? pairs.size() : 0;
    return new Quantisation(integers, equalised, logitSqnr(integers));
  }

  private Observed observed(Ranges ranges) {
    if (!observed.containsKey(ranges)) {
      FloatNetwork ranged = ranges == Ranges.EQUALISED ? equalised() : network;
      observed.put(ranges, new Observed(ranged, Calibration.of(ranged, images)));
    }
    return observed.get(ranges);
  }

  private FloatNetwork equalised() {
    var tensors = observed(Ranges.AS_TRAINED).calibration.tensors();
    return Equaliser.equalise(network, pairs, node -> tensors.get(node).largest());
  }

  private double logitSqnr(Integers integers) {
    if (logits.isEmpty()) {
      try (FloatTrace exact = new FloatTrace(network, leftOut.shape())) {
        for (int b = 0; b < leftOut.batches(); b++) {
          logits.add(exact.run(leftOut.batch(b), leftOut.size(b), Trace.Observer.NOBODY));
        }
      }
    }
    SignalToNoise ratio = new SignalToNoise();
    try (IntegerTrace coded = integers.trace(leftOut.shape())) {
      for (int b = 0; b < leftOut.batches(); b++) {
        ratio.add(
            logits.get(b), coded.run(leftOut.batch(b), leftOut.size(b), Trace.Observer.NOBODY));
      }
    }
    return ratio.decibels();
  }
}
