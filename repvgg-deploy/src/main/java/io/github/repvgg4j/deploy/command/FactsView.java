package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.deploy.inspect.LayerFacts;
import io.github.repvgg4j.deploy.inspect.ModelFacts;
import io.github.repvgg4j.model.input.NetworkInput;
import io.github.repvgg4j.model.input.NetworkInput.Origin;
import io.github.repvgg4j.spec.Downsample;
import io.github.repvgg4j.text.Count;
import io.github.repvgg4j.text.TextTable;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.util.ModelSerializer;

/** The facts of a model for the eye and for programs. */
final class FactsView {

  private FactsView() {}

  static Map<String, Object> json(ModelFacts facts) {
    ModelMetadata metadata = facts.metadata();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", facts.file().toString());
    json.put("bytes", facts.bytes());
    json.put("sha256", facts.sha256());
    json.put("form", form(facts));
    json.put("network", facts.networkClass());
    json.put("input", facts.input().map(NetworkInput::shape).orElse(null));
    json.put("inputOrigin", facts.input().map(FactsView::origin).orElse("unknown"));
    json.put("spec", metadata.spec().orElse(null));
    json.put("batchNormEps", facts.batchNormEps());
    json.put("labels", metadata.labels());
    json.put("preprocessing", metadata.preprocessing().orElse(null));
    json.put("parameters", facts.network().parameters());
    json.put("macs", macsOrNull(facts));
    json.put("probe", facts.probe().map(FactsView::probe).orElse(null));
    json.put("int8", facts.integers().map(IntegersView::json).orElse(null));
    json.put("provenance", metadata.provenance());
    json.put("entries", facts.entries());
    json.put("layers", facts.network().layers());
    return json;
  }

  private static Map<String, Object> probe(Probe probe) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("images", probe.images());
    json.put("shape", probe.shape());
    json.put("seed", probe.seed());
    return json;
  }

  private static String origin(NetworkInput input) {
    return input.origin().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String input(NetworkInput input) {
    return input.shape()
        + (input.format() == CNN2DFormat.NHWC ? " as [N, H, W, C]" : "")
        + (input.origin() == Origin.ANY_SIZE ? ", or any other size" : "");
  }

  /** A zip that repvgg4j did not write says nothing of a form. */
  private static String form(ModelFacts facts) {
    ModelMetadata metadata = facts.metadata();
    return metadata.equals(ModelMetadata.unknown(metadata.form()))
        ? "unknown"
        : metadata.form().name().toLowerCase(Locale.ROOT);
  }

  private static Long macsOrNull(ModelFacts facts) {
    return facts.input().isPresent() ? facts.network().macs() : null;
  }

  static void print(ModelFacts facts, PrintWriter out) {
    ModelMetadata metadata = facts.metadata();
    out.printf(
        Locale.ROOT,
        "%s: %s form, %s, %,d bytes%n",
        facts.file(),
        form(facts),
        facts.networkClass(),
        facts.bytes());
    TextTable table = new TextTable();
    table.row("sha256", facts.sha256());
    table.row("input", facts.input().map(FactsView::input).orElse(facts.unknownInput()));
    metadata
        .spec()
        .ifPresent(
            s ->
                table
                    .row("depths", s.depths() + " blocks in stages 1-4")
                    .row("widths", s.widths() + " channels in stages 0-4")
                    .row("strides", s.strides() + by(s.blockOptions().downsample()))
                    .row(
                        "groups",
                        Integer.toString(s.blockOptions().groups())
                            + onOff(s.blockOptions().squeezeExcitation())));
    table.row("BatchNorm", batchNorm(facts));
    table.row("classes", labels(metadata));
    metadata
        .preprocessing()
        .ifPresent(
            p ->
                table.row(
                    "preprocessing",
                    String.format(
                        Locale.ROOT,
                        "mean %s, std %s, crop %s",
                        p.mean(),
                        p.std(),
                        p.cropFraction())));
    table.row("parameters", String.format(Locale.ROOT, "%,d", facts.network().parameters()));
    table.row(
        "MACs",
        facts.input().isPresent()
            ? String.format(Locale.ROOT, "%,d", facts.network().macs())
            : "unknown");
    table.row(
        "optimizer",
        facts.entries().contains(ModelSerializer.UPDATER_BIN)
            ? "its state is in the file; training can go on"
            : "no state in the file");
    facts
        .probe()
        .ifPresent(
            probe ->
                table.row(
                    "probe",
                    "Deeplearning4j's logits of "
                        + Count.of(probe.images(), "random image")
                        + " of shape "
                        + probe.shape()));
    facts.integers().ifPresent(integers -> IntegersView.rows(integers, table));
    metadata.provenance().forEach((key, value) -> table.row("provenance", key + " = " + value));
    table.print(out, "  ");
    out.println();
    printLayers(facts, out);
  }

  private static String batchNorm(ModelFacts facts) {
    if (!facts.batchNormEps().isEmpty()) {
      return facts.batchNormEps().stream()
          .map(eps -> "eps " + eps)
          .collect(Collectors.joining(", "));
    }
    return facts
        .metadata()
        .spec()
        .map(spec -> "none left; eps was " + spec.blockOptions().batchNormEps())
        .orElse("none");
  }

  private static String onOff(boolean squeezeExcitation) {
    return squeezeExcitation ? ", with squeeze-and-excitation" : "";
  }

  private static String by(Downsample way) {
    return way == Downsample.MAXPOOL ? " by max pooling" : "";
  }

  private static String labels(ModelMetadata metadata) {
    List<String> labels = metadata.labels();
    String count =
        metadata
            .spec()
            .map(s -> Integer.toString(s.numClasses()))
            .orElse(labels.isEmpty() ? "unknown" : Integer.toString(labels.size()));
    if (labels.isEmpty()) {
      return count + ", without labels";
    }
    String first = labels.stream().limit(12).collect(Collectors.joining(", "));
    return count + ": " + first + (labels.size() > 12 ? ", … (--json lists all)" : "");
  }

  private static void printLayers(ModelFacts facts, PrintWriter out) {
    TextTable table = new TextTable().row("layer", "type", "output", "parameters", "MACs");
    for (LayerFacts layer : facts.network().layers()) {
      table.row(
          layer.name(),
          layer.type(),
          layer.output().isEmpty() ? "" : layer.output().toString(),
          layer.parameters() == 0 ? "" : String.format(Locale.ROOT, "%,d", layer.parameters()),
          layer.macs() == 0 ? "" : String.format(Locale.ROOT, "%,d", layer.macs()));
    }
    table.print(out, "  ");
  }
}
