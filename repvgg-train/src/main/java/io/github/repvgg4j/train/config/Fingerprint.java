package io.github.repvgg4j.train.config;

import io.github.repvgg4j.archive.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/** What two configurations share that lead to the same weights. */
public final class Fingerprint {

  private Fingerprint() {}

  /**
   * SHA-256 of all keys and values but for {@link ConfigDifference#CHANGEABLE}, in hexadecimal
   * digits.
   */
  public static String of(TrainConfig config) {
    StringBuilder essence = new StringBuilder();
    new TreeMap<>(ConfigDifference.leaves(config))
        .forEach(
            (key, value) -> {
              if (!ConfigDifference.CHANGEABLE.contains(key)) {
                essence.append(key).append('\0').append(value).append('\0');
              }
            });
    return Sha256.of(essence.toString().getBytes(StandardCharsets.UTF_8));
  }
}
