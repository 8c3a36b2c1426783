package io.github.repvgg4j.testkit;

import java.util.List;
import java.util.Random;

/**
 * Names that a layer may have and a program that makes names of its own may stumble over: reserved
 * ones, empty ones, ones with a meaning elsewhere, ones that look generated. Everything follows
 * from the seed.
 */
public final class HostileNames implements RandomGraph.NodeNames {

  /** Each is a legal name of a layer in Deeplearning4j. */
  public static final List<String> ALL =
      List.of(
          "layer0",
          "layer1",
          "layer2",
          "layer10",
          "input",
          "logits",
          "output",
          "probabilities",
          "normalised",
          "centred",
          "mean255",
          "",
          " ",
          "\t",
          "a b",
          "a/b",
          "a/b/c",
          "/",
          "a:0",
          ":",
          ".",
          "..",
          "a.",
          ".a",
          "a.b",
          "a.c",
          "x",
          "x.weight",
          "x.bias",
          "x_W",
          "x_b",
          "x_2",
          "x#2",
          "x.activation",
          "x.copy",
          "x-merge",
          "0",
          "1",
          "-1",
          "1e5",
          "null",
          "true",
          "in",
          "repvgg",
          "axis0",
          "N",
          "unnamed",
          "unnamed_2",
          "naïve",
          "层",
          "слой",
          "🦆",
          "a\nb",
          "\u0000",
          "\ud800",
          "\udfff",
          "?",
          "%s",
          "${x}",
          "\"quoted\"",
          "a".repeat(3000));

  private static final List<String> ENDINGS =
      List.of(
          ".weight", ".bias", ".copy", ".activation", "_2", "#2", ".flat", "-merge", "/a", ".a");

  private final Random random;

  public HostileNames(long seed) {
    random = new Random(seed ^ 0x5eedL);
  }

  @Override
  public String next(String kind, List<String> taken) {
    while (true) {
      boolean derived = !taken.isEmpty() && random.nextInt(3) == 0;
      String name =
          derived
              ? taken.get(random.nextInt(taken.size()))
                  + ENDINGS.get(random.nextInt(ENDINGS.size()))
              : ALL.get(random.nextInt(ALL.size()));
      if (!taken.contains(name)) {
        return name;
      }
    }
  }
}
