package io.github.repvgg4j.deploy.quantize;

import io.github.repvgg4j.answer.AnswerFunction;
import io.github.repvgg4j.answer.Meaning;
import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.archive.quantized.QuantizedZip;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.listing.Labelling;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.deploy.convert.Environment;
import io.github.repvgg4j.deploy.convert.OutputFiles;
import io.github.repvgg4j.deploy.convert.QuantizedFile;
import io.github.repvgg4j.deploy.convert.RunFolder;
import io.github.repvgg4j.deploy.predict.LabelledImages;
import io.github.repvgg4j.deploy.quantize.QuantizationReport.AccuracyFacts;
import io.github.repvgg4j.deploy.quantize.QuantizationReport.CalibrationFacts;
import io.github.repvgg4j.deploy.quantize.QuantizationReport.FileFacts;
import io.github.repvgg4j.deploy.quantize.QuantizationReport.SchemeFacts;
import io.github.repvgg4j.deploy.quantize.gate.Gate;
import io.github.repvgg4j.deploy.quantize.gate.PairedDrop;
import io.github.repvgg4j.deploy.quantize.gate.TestRun;
import io.github.repvgg4j.deploy.quantize.scheme.Noise;
import io.github.repvgg4j.deploy.quantize.scheme.Noise.LayerNoise;
import io.github.repvgg4j.deploy.quantize.scheme.Parts;
import io.github.repvgg4j.deploy.quantize.scheme.Quantisation;
import io.github.repvgg4j.deploy.quantize.scheme.Quantiser;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme.BiasCorrection;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * From a fast zip to an INT8 zip and its report. Nothing is written before the gate has let the
 * network through; the file as written is read back before it has its name. The input is never
 * changed.
 */
public final class FastZipQuantizer {

  private final Path source;
  private final QuantizeOptions options;
  private final OutputFiles files;
  private final ModelMetadata metadata;
  private final ImagePreprocessor preprocessor;
  private final ImageData.Options dataOptions;

  private FastZipQuantizer(Path source, QuantizeOptions options) throws IOException {
    this.source = source;
    this.options = options;
    QuantizeOptions.Output output = options.output();
    OutputFiles.requireZip(source);
    String name = OutputFiles.stem(source) + ".int8.zip";
    Path zip = output.zip().orElseGet(() -> source.resolveSibling(name));
    this.files =
        OutputFiles.of(List.of(source, options.data()), zip, output.existing(), "INT8.zip");
    this.metadata = QuantizableZip.metadata(source);
    this.dataOptions =
        RunFolder.options(source, options.data()).withLabelling(Labelling.ONE); // as is required
    this.preprocessor =
        new ImagePreprocessor(metadata.preprocessing().get(), metadata.spec().get().input());
  }

  /**
   * Quantises one fast zip.
   *
   * @return what was written, as in the report file
   * @throws QuantizationRefused one line, when the file is no fast form, or INT8 loses more than it
   *     may; nothing was written
   * @throws IOException one line, when a file cannot be read or written
   */
  public static QuantizationReport quantize(Path fastZip, QuantizeOptions options)
      throws IOException {
    return new FastZipQuantizer(fastZip, options).run();
  }

  private QuantizationReport run() throws IOException {
    FloatNetwork network = FloatNetwork.read(source);
    requireExclusiveClasses(network);
    Parts parts = Parts.of(network, KeptFloat.nodes(network, options.keepFloat()));
    CalibrationImages images =
        CalibrationImages.choose(options.data(), dataOptions, preprocessor, options.images());
    Quantisation found = new Quantiser(network, images, parts).by(options.scheme());
    QuantizedNetwork quantized = quantized(found, images);
    List<LayerNoise> layers = Noise.ofLayers(found.integers(), images);
    AccuracyFacts accuracy = judge(quantized, found, layers);
    QuantizationReport report =
        new QuantizationReport(
            QuantizationReport.SCHEMA,
            facts(source, source),
            null,
            new CalibrationFacts(options.data().toString(), images.size(), images.hash()),
            scheme(found),
            found.logitSqnrDb(),
            layers,
            accuracy,
            Environment.facts());
    return write(quantized, found, report);
  }

  /** The gate counts right answers, of which there is one an image. */
  private void requireExclusiveClasses(FloatNetwork network) throws QuantizationRefused {
    Optional<AnswerFunction> head = AnswerFunction.read(network.graph().head().activation());
    if (head.filter(h -> h.meaning() == Meaning.INDEPENDENT_PROBABILITIES).isPresent()) {
      throw new QuantizationRefused(
          source
              + ": its classes do not exclude each other (head "
              + head.get().text()
              + "), and what integers lose is measured by top-1 accuracy; serve it in float32 or"
              + " bf16");
    }
  }

  private QuantizedNetwork quantized(Quantisation found, CalibrationImages images)
      throws IOException {
    try (SafeZip zip = ModelArchive.open(source)) {
      return new QuantizedNetwork(
          found.integers().layers(),
          found.integers().codes(),
          options.scheme().weights().limit(),
          QuantizedZip.floatWeights(zip),
          new QuantizedNetwork.Calibration(
              images.size(), images.hash(), options.scheme().activations().toString()));
    }
  }

  private AccuracyFacts judge(
      QuantizedNetwork quantized, Quantisation found, List<LayerNoise> layers) throws IOException {
    try (LabelledImages test = LabelledImages.open(options.data(), dataOptions, metadata.labels());
        FastNetwork exact = FastNetwork.load(source, RuntimeOptions.of(Precision.FP32));
        IntegerJudge judge =
            IntegerJudge.of(source, quantized, found.integers(), preprocessor.input())) {
      TestRun run =
          TestRun.of(
              test,
              preprocessor,
              List.of(
                  (images, batch) -> exact.logits(images, batch, preprocessor.input()),
                  judge.classifier()));
      PairedDrop drop = run.drop(1);
      double maxDrop = options.maxDropPoints() / 100;
      new Gate(maxDrop)
          .objection(drop, layers)
          .ifPresent(
              objection -> {
                throw new QuantizationRefused(source + ": " + objection);
              });
      return AccuracyFacts.of(drop, run.badImages(), maxDrop, judge.name());
    }
  }

  private SchemeFacts scheme(Quantisation found) {
    return new SchemeFacts(
        options.scheme().activations().toString(),
        options.scheme().weights().limit(),
        options.scheme().rounding().toString(),
        options.scheme().bias() == BiasCorrection.MEASURED,
        found.equalised(),
        options.keepFloat());
  }

  private static FileFacts facts(Path name, Path file) throws IOException {
    return new FileFacts(name.toString(), Sha256.of(file), Files.size(file));
  }

  private QuantizationReport write(
      QuantizedNetwork quantized, Quantisation found, QuantizationReport report)
      throws IOException {
    QuantizationReport[] whole = new QuantizationReport[1];
    AtomicFile.write(
        files.zip(),
        temporary -> {
          QuantizedFile.write(
              source,
              temporary,
              quantized,
              found.integers().observed(),
              report.toTree(),
              options.output().floats());
          QuantizableZip.requireSame(temporary, quantized);
          whole[0] = report.withInt8(facts(files.zip(), temporary));
          AtomicFile.write(files.report(), whole[0].toJson().getBytes(StandardCharsets.UTF_8));
        });
    return whole[0];
  }
}
