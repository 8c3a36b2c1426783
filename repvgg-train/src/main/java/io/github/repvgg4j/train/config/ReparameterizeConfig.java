package io.github.repvgg4j.train.config;

import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Limits;

/**
 * RepOptimizer: the gradient of a plain network times the constants that branches would imply.
 *
 * @param from the model.zip of a search (model.block: repopt-search); relative to the working
 *     directory
 * @param sha256 of that file; filled in by the run, and checked where it is given
 */
public record ReparameterizeConfig(
    @Limit(required = true, path = true, example = "runs/search/model.zip") String from,
    String sha256) {

  private static final Limits LIMITS = Limits.of(ReparameterizeConfig.class);

  public ReparameterizeConfig {
    from = LIMITS.value("from", from);
  }

  public ReparameterizeConfig withSha256(String hash) {
    return new ReparameterizeConfig(from, hash);
  }
}
