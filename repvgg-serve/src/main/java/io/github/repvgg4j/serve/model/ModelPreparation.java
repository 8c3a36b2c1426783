package io.github.repvgg4j.serve.model;

import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.serve.batch.Calibration;
import io.github.repvgg4j.serve.batch.Scheduler;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.text.FailureWords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From files to models that may have requests: loaded, checked, planned, measured. */
final class ModelPreparation {

  private static final Logger LOG = LoggerFactory.getLogger(ModelPreparation.class);

  private final Convolutions wanted;
  private final Scheduler scheduler;
  private final ModelLoader loader;

  ModelPreparation(ModelOptions options, Scheduler scheduler) {
    this.wanted = options.convolutions();
    this.scheduler = scheduler;
    this.loader = new ModelLoader(options.precision(), scheduler);
  }

  /** What answers soonest: by direct kernels where the fastest would have to be measured. */
  ServedModel soon(ModelId id, Path file) throws IOException {
    ServedModel model = loader.load(id, file, quick());
    try {
      plan(model);
      return model;
    } catch (RuntimeException | Error e) {
      model.retire();
      throw e;
    }
  }

  private Convolutions quick() {
    return wanted == Convolutions.FASTEST ? Convolutions.DIRECT : wanted;
  }

  /**
   * What answers fastest, without a request that has to wait for it.
   *
   * @param old that it replaces
   */
  ServedModel whole(ModelId id, Path file, Optional<ServedModel> old)
      throws IOException, InterruptedException {
    ServedModel model = loader.load(id, file, wanted);
    try {
      plan(model);
      if (old.isPresent() && old.get().resembles(model)) {
        InputShape shape = model.facts().input().orElseThrow();
        Calibration.adopt(scheduler, old.get().queue(), model.queue(), shape);
      } else {
        measure(model);
      }
      return model;
    } catch (RuntimeException | Error | InterruptedException e) {
      model.retire();
      throw e;
    }
  }

  /**
   * Measures a model that answers already.
   *
   * @return what answers faster, to replace it; empty where it stays
   */
  Optional<ServedModel> improved(ServedModel answering, Path file) throws InterruptedException {
    Optional<Convolutions> now = answering.facts().convolutions();
    if (now.isPresent() && now.get() != wanted && answering.facts().input().isPresent()) {
      try {
        return Optional.of(whole(answering.id(), file, Optional.empty()));
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        LOG.warn(
            "{} stays with {} convolutions: {}", answering.id(), now.get(), FailureWords.of(e));
      }
    }
    measure(answering);
    return Optional.empty();
  }

  private void plan(ServedModel model) {
    model
        .facts()
        .input()
        .ifPresent(shape -> Calibration.plan(model.queue(), shape, scheduler.options().cores()));
  }

  private void measure(ServedModel model) throws InterruptedException {
    if (model.facts().input().isPresent()) {
      Calibration.run(scheduler, model.queue(), model.facts().input().get());
    }
  }
}
