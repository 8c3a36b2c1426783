package io.github.repvgg4j.deploy.convert;

import io.github.repvgg4j.rewrite.FuseOptions;
import io.github.repvgg4j.spec.InputShape;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How to convert.
 *
 * @param output where the results go
 * @param comparison what both forms are compared on, and when they count as alike
 * @param fusing what the fuser may do
 */
public record ConvertOptions(Output output, Comparison comparison, FuseOptions fusing) {

  /** Results beside the model, nothing replaced, the run's test images. */
  public static final ConvertOptions DEFAULT =
      new ConvertOptions(Output.BESIDE_MODEL, Comparison.DEFAULT, FuseOptions.DEFAULT);

  /**
   * Where the results go.
   *
   * @param zip the fast zip; empty: {@code fast.zip} beside {@code model.zip}, {@code X.fast.zip}
   *     beside any other {@code X.zip}. The report is {@code X.report.json} beside {@code X.zip}
   * @param existing what to do when one of them is there already
   * @param trainingForm whether the fast zip carries the training form too
   */
  public record Output(Optional<Path> zip, Existing existing, TrainingForm trainingForm) {

    /** Beside the model, replacing nothing. */
    public static final Output BESIDE_MODEL =
        new Output(Optional.empty(), Existing.REFUSE, TrainingForm.LEFT_OUT);
  }

  /** Whether the training form goes into the fast zip, in an entry that DL4J ignores. */
  public enum TrainingForm {
    LEFT_OUT,
    KEPT
  }

  /** What to do about files that are there already. */
  public enum Existing {
    REFUSE,
    REPLACE
  }

  /**
   * What both forms are compared on.
   *
   * @param data images to use; empty: the data set that the run's {@code config.yaml} beside the
   *     model names, and random numbers where that is not at hand
   * @param input shape of one image, for models that do not say it
   * @param images how many, at most
   * @param limit largest max|a - b| / max|a| over all logits that counts as alike
   * @param latencyRounds timings of each form; 0 for none
   */
  public record Comparison(
      Optional<Path> data,
      Optional<InputShape> input,
      int images,
      double limit,
      int latencyRounds) {

    /** 64 images; 1e-4, some hundred times what float32 rounding gives. */
    public static final Comparison DEFAULT =
        new Comparison(Optional.empty(), Optional.empty(), 64, 1e-4, 30);

    public Comparison {
      if (images < 1) {
        throw new IllegalArgumentException("images: must be at least 1, got " + images);
      }
      if (!(limit >= 0)) {
        throw new IllegalArgumentException("max-difference: must be 0 or more, got " + limit);
      }
      if (latencyRounds < 0) {
        throw new IllegalArgumentException("rounds: must be 0 or more, got " + latencyRounds);
      }
    }

    public Comparison withLimit(double newLimit) {
      return new Comparison(data, input, images, newLimit, latencyRounds);
    }

    public Comparison withImages(int newImages) {
      return new Comparison(data, input, newImages, limit, latencyRounds);
    }

    public Comparison withData(Path newData) {
      return new Comparison(Optional.of(newData), input, images, limit, latencyRounds);
    }

    public Comparison withLatencyRounds(int rounds) {
      return new Comparison(data, input, images, limit, rounds);
    }
  }

  public ConvertOptions withOutput(Output newOutput) {
    return new ConvertOptions(newOutput, comparison, fusing);
  }

  /** The same, writing to this zip and its report. */
  public ConvertOptions withZip(Path zip) {
    return withOutput(new Output(Optional.of(zip), output.existing(), output.trainingForm()));
  }

  /** The same, replacing earlier results. */
  public ConvertOptions replacing() {
    return withOutput(new Output(output.zip(), Existing.REPLACE, output.trainingForm()));
  }

  /** The same, with the training form kept inside the fast zip. */
  public ConvertOptions keepingTrainingForm() {
    return withOutput(new Output(output.zip(), output.existing(), TrainingForm.KEPT));
  }

  public ConvertOptions withComparison(Comparison newComparison) {
    return new ConvertOptions(output, newComparison, fusing);
  }
}
