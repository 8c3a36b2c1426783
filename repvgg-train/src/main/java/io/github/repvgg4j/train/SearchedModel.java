package io.github.repvgg4j.train;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.array.FiniteNumbers;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.ReparameterizeConfig;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.reparameterize.Reparameterization;
import io.github.repvgg4j.train.reparameterize.SearchedScales;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** The model zip whose scales RepOptimizer takes for constants. */
final class SearchedModel {

  private static final String KEY = "training.optimizer.reparameterize.from: ";

  private SearchedModel() {}

  /**
   * Checks the file without loading its numbers.
   *
   * @return the configuration with the file's hash in it
   * @throws IOException the file can't be read
   * @throws ConfigException it is no search for the configured network, or not the file that the
   *     configuration's hash names
   */
  static TrainConfig check(TrainConfig config) throws IOException {
    Optional<ReparameterizeConfig> wanted = config.training().optimizer().reparameterized();
    if (wanted.isEmpty()) {
      return config;
    }
    Path file = Path.of(wanted.get().from());
    RepVggSpec searched = ModelZip.readMetadata(file).spec().orElse(null);
    if (searched == null || searched.blockOptions().kind() != BlockKind.REPOPT_SEARCH) {
      throw new ConfigException(
          KEY
              + file
              + " is no search; give the model.zip of a run with model.block: repopt-search");
    }
    requireFit(file, searched, config.model().spec(searched.numClasses()));
    String sha256 = Sha256.of(file);
    String given = wanted.get().sha256();
    if (given != null && !given.equalsIgnoreCase(sha256)) {
      throw new ConfigException(
          KEY
              + file
              + " has another SHA-256 than training.optimizer.reparameterize.sha256 says: "
              + sha256);
    }
    return config.withTraining(
        config.training().withReparameterize(wanted.get().withSha256(sha256)));
  }

  private static void requireFit(Path file, RepVggSpec searched, RepVggSpec wanted) {
    requireSame(file, "depths", searched.depths(), wanted.depths());
    requireSame(file, "widths", searched.widths(), wanted.widths());
    requireSame(file, "groups", searched.blockOptions().groups(), wanted.blockOptions().groups());
    boolean sameIdentities =
        searched.blocks().stream()
            .map(b -> b.hasIdentity())
            .toList()
            .equals(
                wanted.blocks().stream().map(b -> b.in() == b.out() && b.stride() == 1).toList());
    if (!sameIdentities) { // else strides may differ: scales are of channels
      requireSame(file, "strides", searched.strides(), wanted.strides());
      requireSame(
          file,
          "downsample",
          searched.blockOptions().downsample(),
          wanted.blockOptions().downsample());
    }
  }

  private static void requireSame(Path file, String key, Object searched, Object wanted) {
    if (!searched.equals(wanted)) {
      throw new ConfigException(
          KEY
              + file
              + " was searched with "
              + key
              + " "
              + searched
              + ", model."
              + key
              + " is "
              + wanted
              + "; make model: the same but for block: plain");
    }
  }

  /** The scales in the file. */
  static Reparameterization load(ReparameterizeConfig config, RepVggSpec spec) throws IOException {
    ModelZip.LoadedModel model = ModelZip.load(Path.of(config.from()));
    if (!(model.network() instanceof ComputationGraph graph)
        || model.metadata().form() != ModelMetadata.Form.TRAINING) {
      throw new ConfigException(
          KEY + config.from() + " is a fast form, in which scales are fused; give its model.zip");
    }
    if (!FiniteNumbers.are(graph.params())) {
      throw new ConfigException(
          KEY
              + config.from()
              + " holds NaN or infinity: its training diverged, or it is damaged; give another");
    }
    RepVggSpec searched = model.metadata().spec().orElseThrow();
    return new Reparameterization(spec, SearchedScales.of(graph, searched));
  }
}
