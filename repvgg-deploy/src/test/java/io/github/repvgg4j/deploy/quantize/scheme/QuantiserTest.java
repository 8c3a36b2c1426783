package io.github.repvgg4j.deploy.quantize.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.Codes.Type;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.deploy.quantize.TestChains;
import io.github.repvgg4j.deploy.quantize.gate.Gate;
import io.github.repvgg4j.deploy.quantize.gate.PairedDrop;
import io.github.repvgg4j.deploy.quantize.scale.CalibrationSet;
import io.github.repvgg4j.deploy.quantize.scheme.Noise.LayerNoise;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme.BiasCorrection;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme.Equalisation;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme.Rounding;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.trace.FloatTrace;
import io.github.repvgg4j.deploy.quantize.trace.IntegerTrace;
import io.github.repvgg4j.deploy.quantize.trace.Trace;
import io.github.repvgg4j.deploy.quantize.weight.ChannelStress;
import io.github.repvgg4j.runtime.graph.FastGraph;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QuantiserTest {

  private static final FloatNetwork NETWORK = TestChains.deep(1);
  private static final CalibrationSet IMAGES = TestChains.images(64, 2);
  private static final CalibrationSet OTHERS = TestChains.images(48, 3);

  private static Quantiser quantiser(FloatNetwork network, Integer... keptFloat) {
    return new Quantiser(network, IMAGES, Parts.of(network, Set.of(keptFloat)));
  }

  /** Of the logits, on images that calibrated nothing. */
  private static double sqnr(FloatNetwork exact, Quantisation quantised) {
    SignalToNoise ratio = new SignalToNoise();
    float[] images = TestChains.all(OTHERS);
    try (FloatTrace a = new FloatTrace(exact, TestChains.IMAGE);
        IntegerTrace b = quantised.integers().trace(TestChains.IMAGE)) {
      ratio.add(
          a.run(images, OTHERS.size(), Trace.Observer.NOBODY),
          b.run(images, OTHERS.size(), Trace.Observer.NOBODY));
    }
    return ratio.decibels();
  }

  @Test
  void theNaiveSchemeCollapsesUnderStressAndTheFullOneDoesNot() {
    Quantisation plain = quantiser(NETWORK).by(Scheme.STANDARD);
    for (double sigma : new double[] {0.5, 1}) {
      Quantiser stressed = quantiser(ChannelStress.of(NETWORK, sigma, 5));
      Quantisation full = stressed.by(Scheme.STANDARD);
      Quantisation naive = stressed.by(Scheme.NAIVE);
      assertThat(full.equalised()).isEqualTo(12);
      assertThat(sqnr(NETWORK, full)).isGreaterThan(sqnr(NETWORK, plain) - 3);
      assertThat(sqnr(NETWORK, naive)).isLessThan(sqnr(NETWORK, full) - 10 * sigma - 3);
    }
  }

  /** Classes are what the float32 network answers: it has everything to lose. */
  @Test
  void theGateRefusesWhatCollapsesAndNotWhatDoesNot() {
    FloatNetwork stressed = ChannelStress.of(NETWORK, 1, 5);
    CalibrationSet test = TestChains.images(400, 6);
    Quantiser quantiser = quantiser(stressed);
    int[] truth;
    try (FloatTrace exact = new FloatTrace(NETWORK, TestChains.IMAGE)) {
      truth = answers(exact, test);
    }
    Quantisation naive = quantiser.by(Scheme.NAIVE);
    Quantisation full = quantiser.by(Scheme.STANDARD);
    Gate gate = new Gate(0.15);
    assertThat(gate.objection(drop(truth, naive, test), Noise.ofLayers(naive.integers(), IMAGES)))
        .get()
        .asString()
        .contains("noisiest: conv", "--keep-float conv");
    assertThat(gate.objection(drop(truth, full, test), List.of())).isEmpty();
  }

  private static PairedDrop drop(int[] truth, Quantisation quantised, CalibrationSet test) {
    try (IntegerTrace trace = quantised.integers().trace(TestChains.IMAGE)) {
      return PairedDrop.of(truth, truth, answers(trace, test));
    }
  }

  private static int[] answers(Trace trace, CalibrationSet images) {
    float[] logits = trace.run(TestChains.all(images), images.size(), Trace.Observer.NOBODY);
    int[] answers = new int[images.size()];
    for (int i = 0; i < logits.length; i++) {
      int best = answers[i / 5];
      answers[i / 5] = logits[i] > logits[i / 5 * 5 + best] ? i % 5 : best;
    }
    return answers;
  }

  @Test
  void biasCorrectionLowersTheError() {
    Quantiser quantiser = quantiser(NETWORK);
    Scheme corrected =
        Scheme.STANDARD.withRounding(Rounding.NEAREST).withEqualisation(Equalisation.NEVER);
    double with = sqnr(NETWORK, quantiser.by(corrected));
    double without = sqnr(NETWORK, quantiser.by(corrected.withBias(BiasCorrection.NONE)));
    assertThat(with).isGreaterThan(without + 1);
  }

  /** On images that it has not seen; of few it would learn their peculiarities. */
  @Test
  void weightsThatMakeUpForEachOtherLowerTheError() {
    Quantiser many = new Quantiser(NETWORK, TestChains.images(256, 2), Parts.of(NETWORK, Set.of()));
    for (int limit : new int[] {QuantizedNetwork.FULL_RANGE, QuantizedNetwork.PORTABLE}) {
      Scheme gptq = Scheme.STANDARD.withLimit(limit).withEqualisation(Equalisation.NEVER);
      double with = sqnr(NETWORK, many.by(gptq));
      double without = sqnr(NETWORK, many.by(gptq.withRounding(Rounding.NEAREST)));
      assertThat(with).as("weights within %d", limit).isGreaterThan(without + 2);
    }
  }

  @Test
  void gptqWantsBiasCorrection() {
    assertThatThrownBy(() -> Scheme.STANDARD.withBias(BiasCorrection.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("GPTQ leaves the means to bias correction");
  }

  @Test
  void channelsAreEqualisedOnlyWhereThatHelps() {
    Quantiser quantiser = quantiser(NETWORK);
    double chosen = quantiser.by(Scheme.STANDARD).logitSqnrDb();
    double never = quantiser.by(Scheme.STANDARD.withEqualisation(Equalisation.NEVER)).logitSqnrDb();
    double always =
        quantiser.by(Scheme.STANDARD.withEqualisation(Equalisation.ALWAYS)).logitSqnrDb();
    assertThat(chosen).isEqualTo(Math.max(never, always));
  }

  /** What is fitted to an image answers it almost exactly, and says nothing of others. */
  @Test
  void theNoiseIsThatOfImagesThatWereLeftOut() {
    Quantisation quantised = quantiser(NETWORK).by(Scheme.STANDARD);
    CalibrationSet last = IMAGES.part(48, 64);
    SignalToNoise ratio = new SignalToNoise();
    try (FloatTrace a = new FloatTrace(NETWORK, TestChains.IMAGE);
        IntegerTrace b = quantised.integers().trace(TestChains.IMAGE)) {
      ratio.add(
          a.run(TestChains.all(last), 16, Trace.Observer.NOBODY),
          b.run(TestChains.all(last), 16, Trace.Observer.NOBODY));
    }
    assertThat(quantised.logitSqnrDb()).isCloseTo(ratio.decibels(), within(1e-9));
  }

  @Test
  void channelsStayAsTrainedWhereNoImageTells() {
    Parts parts = Parts.of(NETWORK, Set.of());
    for (int count = 1; count < 4; count++) {
      Quantiser few = new Quantiser(NETWORK, IMAGES.part(0, count), parts);
      assertThat(few.by(Scheme.STANDARD).equalised()).as("%d images", count).isZero();
    }
  }

  @Test
  void tensorsAreNumberedByTheirSigns() {
    Integers integers = quantiser(NETWORK).by(Scheme.STANDARD).integers();
    Codes images = integers.codes().get(FastGraph.IMAGES);
    assertThat(images.type()).isEqualTo(Type.U8);
    assertThat(images.zeroPoint()).isEqualTo(128);
    for (int node = 0; node < 11; node++) {
      assertThat(integers.codes().get(node).type()).isEqualTo(Type.U8);
      assertThat(integers.codes().get(node).zeroPoint()).isZero();
    }
    assertThat(integers.codes()).doesNotContainKeys(11, 13); // pooled in float32; the logits
    assertThat(integers.codes()).containsKey(12);
    assertThat(integers.observed().keySet()).containsExactly(11, 13);
    assertThat(integers.layers()).hasSize(13);
  }

  @Test
  void keptLayersComputeInFloat() {
    Scheme asTrained =
        Scheme.STANDARD.withRounding(Rounding.NEAREST).withEqualisation(Equalisation.NEVER);
    Quantisation all = quantiser(NETWORK).by(asTrained);
    Quantisation kept = quantiser(NETWORK, 2, 3, 4, 5).by(asTrained);
    assertThat(kept.integers().layers()).doesNotContainKeys(2, 3, 4, 5);
    assertThat(kept.integers().codes()).doesNotContainKeys(2, 3, 4); // float to float
    assertThat(sqnr(NETWORK, kept)).isGreaterThan(sqnr(NETWORK, all));
    assertThat(kept.integers().network().weighted(3)).isEqualTo(NETWORK.weighted(3));
  }

  @Test
  void gatesStayFloatAndSignedTensorsArePortableAsU8() {
    FloatNetwork gated = TestChains.gated(1);
    Integers integers = quantiser(gated).by(Scheme.STANDARD).integers();
    assertThat(integers.layers().keySet()).containsExactly(0, 1, 3, 5);
    assertThat(integers.codes().keySet()).containsExactly(FastGraph.IMAGES, 0, 2, 4);
    assertThat(Parts.numbering(gated, 1, QuantizedNetwork.FULL_RANGE))
        .isEqualTo(Parts.Numbering.SIGNED);
    assertThat(Parts.numbering(gated, 1, QuantizedNetwork.PORTABLE))
        .isEqualTo(Parts.Numbering.AROUND_128);
    assertThat(sqnr(gated, quantiser(gated).by(Scheme.STANDARD))).isGreaterThan(25);
  }

  /** In the same ranges: what of them is chosen may differ. */
  @Test
  void portableCostsLittle() {
    Quantiser quantiser = quantiser(NETWORK);
    Scheme asTrained = Scheme.STANDARD.withEqualisation(Equalisation.NEVER);
    double full = sqnr(NETWORK, quantiser.by(asTrained));
    double portable = sqnr(NETWORK, quantiser.by(asTrained.withLimit(QuantizedNetwork.PORTABLE)));
    assertThat(portable).isBetween(full - 8, full + 1);
  }

  @Test
  void noiseIsTracedToTheLayerThatMakesIt() {
    FloatNetwork spiked = NETWORK.with(6, spiked(NETWORK.weighted(6)));
    Integers integers =
        quantiser(spiked).by(Scheme.STANDARD.withEqualisation(Equalisation.NEVER)).integers();
    List<LayerNoise> layers = Noise.ofLayers(integers, IMAGES);
    LayerNoise worst =
        layers.stream().min((a, b) -> Double.compare(a.ownDb(), b.ownDb())).orElseThrow();
    assertThat(worst.layer()).isEqualTo("conv6");
    assertThat(layers).allSatisfy(l -> assertThat(l.accumulatedDb()).isLessThan(l.ownDb() + 3));
  }

  /** One weight of each channel far out, which no scale of a channel removes. */
  private static FloatNetwork.Weighted spiked(FloatNetwork.Weighted layer) {
    float[] weights = layer.weights().clone();
    for (int o = 0; o < layer.out(); o++) {
      weights[o * layer.each()] = 40;
    }
    return new FloatNetwork.Weighted(weights, layer.bias());
  }
}
