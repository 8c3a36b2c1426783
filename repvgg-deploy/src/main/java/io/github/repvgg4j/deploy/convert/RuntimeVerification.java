package io.github.repvgg4j.deploy.convert;

import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.archive.ProbeJson;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.deploy.convert.VerifyOptions.LogitBounds;
import io.github.repvgg4j.deploy.predict.Dl4jProbe;
import io.github.repvgg4j.deploy.predict.FastEngine;
import io.github.repvgg4j.modelzip.ModelZip.LoadedModel;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.OneDnnUnavailableException;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.check.LogitBound;
import io.github.repvgg4j.runtime.check.SelfCheckReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;

/**
 * What the file recorded of its own logits, held against Deeplearning4j's now; and the fast
 * runtime's held against both.
 *
 * @param recorded max|recorded - now| / max|recorded| of Deeplearning4j's logits; empty where the
 *     file recorded none
 * @param runtime the fast runtime beside Deeplearning4j; empty where there is nothing to compare
 * @param bounds how far rounding can take the fast runtime's logits, one entry for each kernel that
 *     it may come to choose; none where that was not asked for
 * @param faults one line each
 */
public record RuntimeVerification(
    Optional<Double> recorded,
    Optional<SelfCheckReport> runtime,
    List<LogitBound> bounds,
    List<String> faults) {

  public RuntimeVerification {
    bounds = List.copyOf(bounds);
    faults = List.copyOf(faults);
  }

  /** Nothing was compared. */
  static final RuntimeVerification NONE =
      new RuntimeVerification(Optional.empty(), Optional.empty(), List.of(), List.of());

  static RuntimeVerification of(Path fastZip, LoadedModel fast, LogitBounds wanted)
      throws IOException {
    Optional<Probe> probe;
    try (SafeZip zip = ModelArchive.open(fastZip)) {
      probe = ProbeJson.read(zip);
    }
    if (probe.isEmpty()) {
      return NONE;
    }
    List<String> faults = new ArrayList<>();
    double bound = SelfCheckReport.bound(Precision.FP32);
    double difference = difference(fast.network(), probe.get());
    if (!(difference <= bound)) {
      faults.add(
          String.format(
              Locale.ROOT,
              "%s: its logits differ from Deeplearning4j's by %.1e (allowed %.0e)",
              Probe.ENTRY,
              difference,
              bound));
    }
    List<LogitBound> bounds = new ArrayList<>();
    Optional<SelfCheckReport> runtime =
        runtime(
            fast.network(),
            probe.get(),
            network -> {
              if (wanted == LogitBounds.DERIVED) {
                bounds.addAll(network.bounds(probe.get().shape()));
              }
            },
            faults);
    return new RuntimeVerification(Optional.of(difference), runtime, bounds, faults);
  }

  private static double difference(Model network, Probe probe) {
    float[] now;
    try {
      now = Dl4jProbe.again(network, probe);
    } catch (RuntimeException e) { // images that the network does not take
      return Double.NaN;
    }
    return probe.difference(now);
  }

  private static Optional<SelfCheckReport> runtime(
      Model network, Probe probe, Consumer<FastNetwork> more, List<String> faults) {
    RuntimeOptions allKernels =
        RuntimeOptions.of(Precision.FP32).convolutions(Convolutions.FASTEST);
    try (FastEngine engine = FastEngine.of(network, probe.shape(), allKernels)) {
      more.accept(engine.network());
      return engine.network().selfCheck();
    } catch (OneDnnUnavailableException e) {
      return Optional.empty();
    } catch (IllegalArgumentException | IllegalStateException e) {
      faults.add("fast runtime: " + e.getMessage());
      return Optional.empty();
    }
  }
}
