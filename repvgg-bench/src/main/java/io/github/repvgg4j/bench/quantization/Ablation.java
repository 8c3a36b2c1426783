package io.github.repvgg4j.bench.quantization;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.deploy.predict.LabelledImages;
import io.github.repvgg4j.deploy.quantize.CalibrationImages;
import io.github.repvgg4j.deploy.quantize.gate.PairedDrop;
import io.github.repvgg4j.deploy.quantize.gate.TestRun;
import io.github.repvgg4j.deploy.quantize.scheme.Parts;
import io.github.repvgg4j.deploy.quantize.scheme.Quantisation;
import io.github.repvgg4j.deploy.quantize.scheme.Quantiser;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.weight.ChannelStress;
import io.github.repvgg4j.deploy.readiness.Readiness;
import io.github.repvgg4j.modelzip.ModelZip;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** One network under all schemes, and under stress. */
final class Ablation {

  private static final long SEED = 5;

  private final Path fastZip;
  private final Path data;
  private final ModelMetadata metadata;
  private final ImagePreprocessor preprocessor;
  private final CalibrationImages images;
  private final List<Quantisation> quantised = new ArrayList<>();
  private final List<String> names = new ArrayList<>();

  /**
   * What came of one scheme.
   *
   * @param sqnrDb of the logits on the calibration images; NaN where that was not computed
   */
  record Row(String name, double sqnrDb, PairedDrop drop) {}

  /**
   * A network under more and more stress.
   *
   * @param scoreDb what readiness says of it
   * @param naive per-tensor weights, min-max
   * @param channel per-channel weights, min-max
   * @param full what {@code quantize} does
   */
  record Stress(double sigma, double scoreDb, Row naive, Row channel, Row full) {}

  Ablation(Path fastZip, Path data, int calibrationImages) throws IOException {
    this.fastZip = fastZip;
    this.data = data;
    this.metadata = ModelZip.readMetadata(fastZip);
    this.preprocessor =
        new ImagePreprocessor(
            metadata.preprocessing().orElseThrow(), metadata.spec().orElseThrow().input());
    this.images = CalibrationImages.choose(data, preprocessor, calibrationImages);
  }

  /** All schemes. */
  List<Row> schemes() throws IOException {
    FloatNetwork network = FloatNetwork.read(fastZip);
    Quantiser quantiser = quantiser(network);
    try (Contestants contestants = contestants(network)) {
      Quantisation corrected = null;
      for (SchemeRow row : SchemeRow.values()) {
        Quantisation found = enter(contestants, row.text(), quantiser, row.scheme());
        corrected = row == SchemeRow.BIAS ? found : corrected;
      }
      for (SplitWeights split : SplitWeights.values()) {
        contestants.simulate(split.of(corrected.integers()));
        names.add(split.text());
        quantised.add(null);
      }
      return run(contestants);
    }
  }

  /** The function as it is, in other ranges. */
  Stress stress(double sigma) throws IOException {
    FloatNetwork network = ChannelStress.of(FloatNetwork.read(fastZip), sigma, SEED);
    Quantiser quantiser = quantiser(network);
    try (Contestants contestants = contestants(network)) {
      for (SchemeRow row : List.of(SchemeRow.NAIVE, SchemeRow.CHANNEL, SchemeRow.STANDARD)) {
        enter(contestants, row.text(), quantiser, row.scheme());
      }
      List<Row> rows = run(contestants);
      double score = Readiness.of(fastZip.toString(), network).naiveDb();
      return new Stress(sigma, score, rows.get(0), rows.get(1), rows.get(2));
    }
  }

  private Quantiser quantiser(FloatNetwork network) {
    return new Quantiser(network, images, Parts.of(network, Set.of()));
  }

  private Contestants contestants(FloatNetwork network) throws IOException {
    quantised.clear();
    names.clear();
    Contestants contestants = new Contestants(fastZip, preprocessor.input());
    contestants.add(network);
    return contestants;
  }

  private Quantisation enter(
      Contestants contestants, String name, Quantiser quantiser, Scheme scheme) {
    Quantisation found = quantiser.by(scheme);
    contestants.add(found.integers(), scheme.weights().limit());
    names.add(name);
    quantised.add(found);
    return found;
  }

  private List<Row> run(Contestants contestants) throws IOException {
    try (LabelledImages test = LabelledImages.open(data, metadata.labels())) {
      TestRun run = TestRun.of(test, preprocessor, contestants.classifiers());
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        Quantisation found = quantised.get(i);
        rows.add(
            new Row(
                names.get(i), found == null ? Double.NaN : found.logitSqnrDb(), run.drop(i + 1)));
      }
      return rows;
    }
  }
}
