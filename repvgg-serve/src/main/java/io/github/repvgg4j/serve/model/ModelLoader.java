package io.github.repvgg4j.serve.model;

import io.github.repvgg4j.answer.AnswerFunction;
import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.archive.ProbeJson;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.OneDnnUnavailableException;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.graph.UnsupportedLayerException;
import io.github.repvgg4j.runtime.image.ImageNetwork;
import io.github.repvgg4j.runtime.image.ImageNetworkProvider;
import io.github.repvgg4j.serve.batch.Computer;
import io.github.repvgg4j.serve.batch.Scheduler;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files to models: by the fast runtime, or by whoever else is on the class path. */
final class ModelLoader {

  private static final Logger LOG = LoggerFactory.getLogger(ModelLoader.class);

  /**
   * More than the sizes of batches and threads that are ever planned, and some for strange sizes.
   */
  private static final int PLANS = 32;

  private final Precision precision;
  private final Scheduler scheduler;

  ModelLoader(Precision precision, Scheduler scheduler) {
    this.precision = precision;
    this.scheduler = scheduler;
  }

  /** What stands in the file beside the network. */
  private record Entries(
      ModelMetadata metadata, Optional<InputShape> input, Optional<CertificateFacts> certificate) {

    static Entries read(Path file) throws IOException {
      try (SafeZip zip = ModelArchive.open(file)) {
        ModelMetadata metadata =
            ModelArchive.metadata(zip).orElse(ModelMetadata.unknown(ModelMetadata.Form.FAST));
        Optional<InputShape> input = metadata.spec().map(RepVggSpec::input);
        if (input.isEmpty()) {
          input = ProbeJson.read(zip).map(Probe::shape);
        }
        return new Entries(metadata, input, CertificateFacts.read(zip));
      }
    }

    Optional<ImagePreprocessor> preprocessor() {
      return metadata
          .spec()
          .flatMap(
              spec -> metadata.preprocessing().map(p -> new ImagePreprocessor(p, spec.input())));
    }
  }

  /**
   * Loads and checks one file.
   *
   * @param convolutions where there is a choice: not the fastest of a model whose images may have
   *     any size, since each new one would have to be measured while a request waits
   * @throws IOException one line: what is wrong with it
   */
  ServedModel load(ModelId id, Path file, Convolutions convolutions) throws IOException {
    Entries entries = Entries.read(file);
    ServedModel model;
    try {
      model = fast(id, file, entries, kernels(entries, convolutions));
    } catch (UnsupportedLayerException | OneDnnUnavailableException e) {
      model = provided(id, file, entries, e);
    } catch (IllegalStateException | IllegalArgumentException e) { // the self-check, bad numbers
      throw new ArchiveException(e.getMessage(), e);
    }
    return model;
  }

  private Optional<Convolutions> kernels(Entries entries, Convolutions wanted) {
    boolean measurable = wanted != Convolutions.FASTEST || entries.input().isPresent();
    return precision == Precision.FP32
        ? Optional.of(measurable ? wanted : Convolutions.DIRECT)
        : Optional.empty();
  }

  private ServedModel fast(
      ModelId id, Path file, Entries entries, Optional<Convolutions> convolutions)
      throws IOException {
    RuntimeOptions options =
        RuntimeOptions.of(precision)
            .threads(scheduler.options().cores())
            .ownThreads(true)
            .plans(PLANS)
            .convolutions(convolutions.orElse(Convolutions.DIRECT));
    FastNetwork network = FastNetwork.load(file, options);
    try {
      AnswerFunction head = network.head();
      return served(
          id,
          file,
          new ModelFacts(
              entries.metadata(),
              entries.input(),
              Optional.of(network.channels()),
              network.classes(),
              head,
              entries.preprocessor(),
              network.description(),
              "repvgg_onednn",
              precision.toString(),
              convolutions,
              network.selfCheck().map(Object::toString),
              entries.certificate()),
          new FastComputer(network));
    } catch (IOException | RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private ServedModel provided(ModelId id, Path file, Entries entries, RuntimeException obstacle)
      throws IOException {
    Iterator<ImageNetworkProvider> providers =
        ServiceLoader.load(ImageNetworkProvider.class).iterator();
    if (!providers.hasNext()) {
      throw new ArchiveException(
          obstacle.getMessage() + "; a server does so with repvgg-deploy on its class path",
          obstacle);
    }
    ImageNetworkProvider provider = providers.next();
    LOG.info("{}: {}; {} serves it", file, obstacle.getMessage(), provider.name());
    ImageNetwork network = provider.load(file);
    try {
      InputShape shape =
          entries
              .input()
              .orElseThrow(() -> new ArchiveException(file + ": doesn't say what images it takes"));
      int numbers = shape.channels() * shape.height() * shape.width();
      int classes = network.logits(new float[numbers], 1, shape).length;
      return served(
          id,
          file,
          new ModelFacts(
              entries.metadata(),
              entries.input(),
              Optional.of(shape.channels()),
              classes,
              network.head(),
              entries.preprocessor(),
              provider.name(),
              provider.name(),
              Precision.FP32.toString(),
              Optional.empty(),
              Optional.empty(),
              entries.certificate()),
          new ProvidedComputer(network, classes));
    } catch (IOException | RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private ServedModel served(ModelId id, Path file, ModelFacts facts, Computer computer)
      throws IOException {
    return new ServedModel(id, facts, Files.size(file), computer, scheduler);
  }
}
