package io.github.repvgg4j.data.augment;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The policies that AutoAugment learned (Cubuk et al. 2018, tables 7 and 9), with the corrections
 * of torchvision 0.14: of 25 pairs one is drawn, each half with a probability of its own.
 */
final class LearnedPolicy {

  /** Steps of the strength. */
  static final int STEPS = 10;

  private LearnedPolicy() {}

  /**
   * Half of a pair.
   *
   * @param step strength, 0 to 9; 0 for operations without one
   */
  record Entry(PolicyOp op, double probability, int step) {}

  static final List<List<Entry>> CIFAR10 =
      parse(
          """
          invert 0.1 -, contrast 0.2 6
          rotate 0.7 2, translate_x 0.3 9
          sharpness 0.8 1, sharpness 0.9 3
          shear_y 0.5 8, translate_y 0.7 9
          auto_contrast 0.5 -, equalize 0.9 -
          shear_y 0.2 7, posterize 0.3 7
          color 0.4 3, brightness 0.6 7
          sharpness 0.3 9, brightness 0.7 9
          equalize 0.6 -, equalize 0.5 -
          contrast 0.6 7, sharpness 0.6 5
          color 0.7 7, translate_x 0.5 8
          equalize 0.3 -, auto_contrast 0.4 -
          translate_y 0.4 3, sharpness 0.2 6
          brightness 0.9 6, color 0.2 8
          solarize 0.5 2, invert 0.0 -
          equalize 0.2 -, auto_contrast 0.6 -
          equalize 0.2 -, equalize 0.6 -
          color 0.9 9, equalize 0.6 -
          auto_contrast 0.8 -, solarize 0.2 8
          brightness 0.1 3, color 0.7 0
          solarize 0.4 5, auto_contrast 0.9 -
          translate_y 0.9 9, translate_y 0.7 9
          auto_contrast 0.9 -, solarize 0.8 3
          equalize 0.8 -, invert 0.1 -
          translate_y 0.7 9, auto_contrast 0.9 -
          """);

  static final List<List<Entry>> IMAGENET =
      parse(
          """
          posterize 0.4 8, rotate 0.6 9
          solarize 0.6 5, auto_contrast 0.6 -
          equalize 0.8 -, equalize 0.6 -
          posterize 0.6 7, posterize 0.6 6
          equalize 0.4 -, solarize 0.2 4
          equalize 0.4 -, rotate 0.8 8
          solarize 0.6 3, equalize 0.6 -
          posterize 0.8 5, equalize 1.0 -
          rotate 0.2 3, solarize 0.6 8
          equalize 0.6 -, posterize 0.4 6
          rotate 0.8 8, color 0.4 0
          rotate 0.4 9, equalize 0.6 -
          equalize 0.0 -, equalize 0.8 -
          invert 0.6 -, equalize 1.0 -
          color 0.6 4, contrast 1.0 8
          rotate 0.8 8, color 1.0 2
          color 0.8 8, solarize 0.8 7
          sharpness 0.4 7, invert 0.6 -
          shear_x 0.6 5, equalize 1.0 -
          color 0.4 0, equalize 0.6 -
          equalize 0.4 -, solarize 0.2 4
          solarize 0.6 5, auto_contrast 0.6 -
          invert 0.6 -, equalize 1.0 -
          color 0.6 4, contrast 1.0 8
          equalize 0.8 -, equalize 0.6 -
          """);

  /** A line a pair: operation, probability, strength. */
  private static List<List<Entry>> parse(String table) {
    List<List<Entry>> policies = new ArrayList<>();
    for (String line : table.lines().toList()) {
      List<Entry> pair = new ArrayList<>();
      for (String half : line.split(", ")) {
        String[] words = half.split(" ");
        pair.add(
            new Entry(
                PolicyOp.valueOf(words[0].toUpperCase(Locale.ROOT)),
                Double.parseDouble(words[1]),
                words[2].equals("-") ? 0 : Integer.parseInt(words[2])));
      }
      policies.add(List.copyOf(pair));
    }
    return List.copyOf(policies);
  }
}
