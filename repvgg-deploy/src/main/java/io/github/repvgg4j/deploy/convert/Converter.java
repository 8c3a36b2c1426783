package io.github.repvgg4j.deploy.convert;

import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.archive.ProbeJson;
import io.github.repvgg4j.archive.ProjectVersion;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.deploy.convert.ConvertOptions.Comparison;
import io.github.repvgg4j.deploy.predict.Dl4jProbe;
import io.github.repvgg4j.deploy.predict.FastEngine;
import io.github.repvgg4j.layer.OwnLayers;
import io.github.repvgg4j.model.input.NetworkInput;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZip.LoadedModel;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.proof.Certificate;
import io.github.repvgg4j.proof.CertificateJson;
import io.github.repvgg4j.proof.Certifier;
import io.github.repvgg4j.proof.TrainingForm;
import io.github.repvgg4j.rewrite.FusionResult;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.rewrite.fuse.Grouped;
import io.github.repvgg4j.runtime.FastNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import org.deeplearning4j.nn.api.Model;

/**
 * From a training zip to a fast zip and its report. What is compared is the file as written and
 * read back, not the network in memory; it gets its name only when both forms answer alike. The
 * input file is never changed.
 */
public final class Converter {

  private final Path source;
  private final ConvertOptions options;
  private final OutputFiles files;

  private Converter(Path source, ConvertOptions options) throws IOException {
    this.source = source;
    this.options = options;
    ConvertOptions.Output output = options.output();
    OutputFiles.requireZip(source);
    Path zip = output.zip().orElseGet(() -> source.resolveSibling(fastName(source)));
    this.files = OutputFiles.of(inputs(), zip, output.existing(), "FAST.zip");
  }

  private List<Path> inputs() {
    List<Path> inputs = new ArrayList<>(RunFolder.files(source));
    inputs.add(source);
    options.comparison().data().ifPresent(inputs::add);
    return inputs;
  }

  private static String fastName(Path model) {
    return model.endsWith("model.zip") ? "fast.zip" : OutputFiles.stem(model) + ".fast.zip";
  }

  /**
   * Converts one model.
   *
   * @param model any Deeplearning4j zip with something to fuse
   * @return what was written, as in the report file
   * @throws ConversionRefused one line, when the model is in its fast form already, has nothing to
   *     fuse, or its two forms differ; nothing was written
   * @throws IOException one line, when a file cannot be read or written
   */
  public static ConversionReport convert(Path model, ConvertOptions options) throws IOException {
    return new Converter(model, options).run();
  }

  private ConversionReport run() throws IOException {
    LoadedModel loaded = ModelZip.load(source);
    refuseFastForm(loaded.metadata());
    FusionResult fusion = GraphFuser.fuse(loaded.network(), options.fusing());
    if (fusion.fused().isEmpty()) {
      throw new ConversionRefused(source + ": has nothing to fuse; use it as it is" + why(fusion));
    }
    if (options.fusing().grouped() == Grouped.AS_DENSE) {
      refuseOwnLayers(fusion.network());
    }
    ComparisonInputs inputs = ComparisonInputs.choose(source, loaded, options.comparison());
    Optional<Probe> probe = probe(fusion.network(), inputs.input());
    ModelMetadata metadata =
        loaded
            .metadata()
            .withForm(Form.FAST)
            .withProvenance("parent.file", source.getFileName().toString())
            .withProvenance("parent.sha256", Sha256.of(source))
            .withProvenance("convertedBy", ProjectVersion.program());
    ConversionReport[] report = new ConversionReport[1];
    AtomicFile.write(
        files.zip(),
        temporary -> {
          Certificate certificate = certificate(loaded, fusion, inputs);
          write(writer(fusion, metadata, certificate, probe), temporary);
          report[0] = prove(loaded, fusion, inputs, temporary);
          AtomicFile.write(files.report(), report[0].toJson().getBytes(StandardCharsets.UTF_8));
        });
    return report[0];
  }

  /** The first of the linear parts that stay; empty where there are none. */
  private static String why(FusionResult fusion) {
    return fusion.refused().stream()
        .findFirst()
        .map(
            first ->
                String.format(
                    Locale.ROOT,
                    " (%d linear parts cannot be fused, such as %s: %s)",
                    fusion.refused().size(),
                    first.place(),
                    first.reason()))
        .orElse("");
  }

  private void refuseFastForm(ModelMetadata metadata) {
    if (metadata.form() == Form.FAST && !metadata.equals(ModelMetadata.unknown(Form.FAST))) {
      throw new ConversionRefused(
          source
              + ": is in its fast form already; convert takes the training form"
              + (metadata.provenance().containsKey("parent.file")
                  ? ", " + metadata.provenance().get("parent.file")
                  : ""));
    }
  }

  /** Squeeze-and-excitation: no vertex of Deeplearning4j multiplies by a gate a channel. */
  private void refuseOwnLayers(Model fast) {
    SortedSet<String> own = OwnLayers.namedIn(ModelZipWriter.configuration(fast));
    if (!own.isEmpty()) {
      throw new ConversionRefused(
          source
              + ": --portable allows Deeplearning4j's own layers only, and none of them does what "
              + String.join(", ", own)
              + " does; convert without --portable, and have repvgg-core on the class path where"
              + " the fast zip is loaded");
    }
  }

  private Certificate certificate(LoadedModel model, FusionResult fusion, ComparisonInputs inputs) {
    return new Certifier(model.network(), fusion, options.fusing())
        .measuredOn(
            ProjectVersion.number(),
            inputs.description(),
            CertifiedImages.of(inputs, model.network()));
  }

  /** For the self-check of the fast runtime; empty where that cannot run the network. */
  private static Optional<Probe> probe(Model fast, NetworkInput input) {
    return FastNetwork.obstacle(FastEngine.configuration(fast)).isEmpty()
        ? Dl4jProbe.of(fast, input.shape())
        : Optional.empty();
  }

  private static ModelZipWriter writer(
      FusionResult fusion, ModelMetadata metadata, Certificate certificate, Optional<Probe> probe)
      throws IOException {
    ModelZipWriter writer =
        ModelZipWriter.of(fusion.network(), metadata)
            .withEntry(Certificate.ENTRY, CertificateJson.write(certificate));
    if (probe.isPresent()) {
      writer.withEntry(Probe.ENTRY, ProbeJson.write(probe.get()));
    }
    return writer;
  }

  private void write(ModelZipWriter writer, Path temporary) throws IOException {
    try {
      if (options.output().trainingForm() == ConvertOptions.TrainingForm.KEPT) {
        TrainingForm.keep(writer, source);
      }
      writer.write(temporary);
    } catch (IOException e) {
      throw e.getCause() instanceof IOException cause ? cause : e; // without the temporary name
    }
  }

  private ConversionReport prove(
      LoadedModel model, FusionResult fusion, ComparisonInputs inputs, Path written)
      throws IOException {
    Proof proof = Proof.of(model.network(), ModelZip.load(written).network(), inputs, fusion);
    Comparison comparison = options.comparison();
    proof.refuseAbove(comparison.limit(), source);
    return new ConversionReport(
        ConversionReport.SCHEMA,
        proof.modelForm(source, source),
        proof.fastForm(files.zip(), written),
        inputs.description(),
        proof.logits().images(),
        proof.logits().maxAbs(),
        proof.logits().maxRel(),
        comparison.limit(),
        proof.logits().top1Agreement(),
        proof.logits().accuracy(),
        proof.logits().outputs(),
        proof.layers(),
        fusion.fused().stream().map(outcome -> outcome.text()).toList(),
        fusion.refused().stream().map(outcome -> outcome.text()).toList(),
        fusion.corrected().stream().map(outcome -> outcome.text()).toList(),
        proof.latency(comparison.latencyRounds()),
        Environment.facts());
  }
}
