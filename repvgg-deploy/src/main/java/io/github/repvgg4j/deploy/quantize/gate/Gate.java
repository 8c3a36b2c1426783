package io.github.repvgg4j.deploy.quantize.gate;

import io.github.repvgg4j.deploy.quantize.scheme.Noise.LayerNoise;
import io.github.repvgg4j.text.Count;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Lets through what has surely lost no more than it may: the upper end of the drop's 95 % interval
 * decides, so that few images do not make a bad network pass.
 *
 * @param maxDrop largest upper end, as a share
 */
public record Gate(double maxDrop) {

  private static final int NAMED = 3;

  /** What stands in the way, in one line; empty where nothing does. */
  public Optional<String> objection(PairedDrop drop, List<LayerNoise> layers) {
    if (drop.upper() <= maxDrop) {
      return Optional.empty();
    }
    String measured =
        String.format(
            Locale.ROOT,
            "INT8 loses %.2f points on %s (95 %% interval %.2f to %.2f), and %.2f may be lost at"
                + " most (--max-drop)",
            100 * drop.drop(),
            Count.of(drop.images(), "test image"),
            100 * drop.lower(),
            100 * drop.upper(),
            100 * maxDrop);
    return Optional.of(
        drop.drop() <= maxDrop ? measured + tooFew(drop) : measured + remedies(layers));
  }

  /** The counts may be good enough, and too few to say so. */
  private String tooFew(PairedDrop drop) {
    int disagreements = drop.onlyFirst() + drop.onlySecond();
    return String.format(
        Locale.ROOT,
        "; so few images make the interval wide (they differ on %d): test on more, or allow %.1f",
        disagreements,
        Math.ceil(1000 * drop.upper()) / 10);
  }

  private static String remedies(List<LayerNoise> layers) {
    List<LayerNoise> worst =
        layers.stream().sorted(Comparator.comparingDouble(LayerNoise::ownDb)).limit(NAMED).toList();
    List<String> named =
        worst.stream()
            .map(
                layer ->
                    String.format(
                        Locale.ROOT,
                        "%s (%.1f dB by itself, %.1f with those before it)",
                        layer.layer(),
                        layer.ownDb(),
                        layer.accumulatedDb()))
            .toList();
    return "; noisiest: "
        + String.join(", ", named)
        + "; try --keep-float "
        + String.join(",", worst.stream().map(LayerNoise::layer).toList())
        + ", more --images, or train with qarepvgg blocks";
  }
}
