package io.github.repvgg4j.deploy.convert;

import io.github.repvgg4j.accelerate.AccelerationReport;
import io.github.repvgg4j.accelerate.Accelerator;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.deploy.convert.ConversionReport.Form;
import io.github.repvgg4j.deploy.convert.ConversionReport.Latency;
import io.github.repvgg4j.deploy.convert.ConversionReport.LayerDifference;
import io.github.repvgg4j.deploy.inspect.NetworkFacts;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.rewrite.FusionResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Both forms of one network, measured against each other, with the fast helpers of each. */
final class Proof {

  private final Model model;
  private final Model fast;
  private final ComparisonInputs inputs;
  private final AccelerationReport modelHelpers;
  private final AccelerationReport fastHelpers;
  private final FormComparison.Result logits;
  private final List<LayerDifference> layers;

  private Proof(Model model, Model fast, ComparisonInputs inputs, FusionResult fusion) {
    this.model = model;
    this.fast = fast;
    this.inputs = inputs;
    this.modelHelpers = Accelerator.enable(model);
    this.fastHelpers = Accelerator.enable(fast);
    FormComparison comparison = new FormComparison(model, fast);
    this.logits = comparison.compare(inputs);
    this.layers = comparison.layers(inputs, fusion.sources());
  }

  static Proof of(Model model, Model fast, ComparisonInputs inputs, FusionResult fusion) {
    return new Proof(model, fast, inputs, fusion);
  }

  FormComparison.Result logits() {
    return logits;
  }

  List<LayerDifference> layers() {
    return layers;
  }

  void refuseAbove(double limit, Path source) {
    if (!logits.flaws().isEmpty()) {
      throw new ConversionRefused(
          source
              + ": its output "
              + String.join(", ", logits.flaws())
              + ", which proves nothing; nothing written"
              + " (--data takes images that it answers)");
    }
    if (logits.maxRel() <= limit) {
      return;
    }
    if (!Double.isFinite(logits.maxRel())) {
      throw new ConversionRefused(
          source + ": its logits are not finite (NaN or infinite weights?); nothing written");
    }
    String worst =
        layers.stream()
            .max(Comparator.comparingDouble(LayerDifference::maxRelDifference))
            .map(
                l ->
                    String.format(
                        Locale.ROOT, "; worst layer %s by %.1e", l.name(), l.maxRelDifference()))
            .orElse("");
    throw new ConversionRefused(
        String.format(
            Locale.ROOT,
            "%s: the fast form's logits differ by %.1e of the largest, more than %.1e%s; nothing"
                + " written (--max-difference sets the limit)",
            source,
            logits.maxRel(),
            limit,
            worst));
  }

  Form modelForm(Path name, Path content) throws IOException {
    return form(model, name, content);
  }

  Form fastForm(Path name, Path content) throws IOException {
    return form(fast, name, content);
  }

  private Form form(Model network, Path name, Path content) throws IOException {
    NetworkFacts facts = NetworkFacts.of(network, Optional.of(inputs.input()));
    return new Form(
        name.toString(),
        Sha256.of(content),
        Files.size(content),
        network.getClass().getSimpleName(),
        facts.parameters(),
        facts.macs());
  }

  /** Single images, the first of the inputs; null for no rounds. */
  Latency latency(int rounds) {
    if (rounds == 0) {
      return null;
    }
    INDArray image = inputs.images(0, 1);
    InterleavedTiming timing =
        InterleavedTiming.of(rounds, () -> Logits.all(model, image), () -> Logits.all(fast, image));
    return new Latency(
        1,
        timing.rounds(),
        timing.firstMillis(),
        timing.secondMillis(),
        timing.firstMillis() / timing.secondMillis(),
        helpers(modelHelpers),
        helpers(fastHelpers));
  }

  private static String helpers(AccelerationReport report) {
    return report.active() + " of " + report.layers().size() + " layers with oneDNN helpers";
  }
}
