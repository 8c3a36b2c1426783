package io.github.repvgg4j.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.data.PillowFixtures;
import io.github.repvgg4j.data.image.RgbImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AugmentPolicyTest {

  private static final int DRAWS = 14_000;
  private static final List<Double> MEAN = List.of(0.5, 0.4, 0.3);
  private static final List<Double> STD = List.of(0.2, 0.2, 0.2);

  private static AugmentPolicy policy(AugmentPolicy.Kind kind) {
    return new AugmentPolicy(kind, 2, 9, 0, 0, 0);
  }

  @Test
  void policiesDependOnSeedEpochAndIndexAlone() throws IOException {
    RgbImage photo = PillowFixtures.read("photo.png");
    for (AugmentPolicy.Kind kind : AugmentPolicy.Kind.values()) {
      int others = 0;
      for (int index = 0; index < 20; index++) {
        byte[] first = policy(kind).apply(photo, Draw.of(1, 2, index)).pixels();
        assertThat(policy(kind).apply(photo, Draw.of(1, 2, index)).pixels()).isEqualTo(first);
        byte[] next = policy(kind).apply(photo, Draw.of(1, 3, index)).pixels();
        others += Arrays.equals(first, next) ? 0 : 1;
      }
      assertThat(others).as(kind.name()).isGreaterThan(10);
    }
  }

  @Test
  void trivialAugmentDrawsFourteenOperationsAlikeWithAllStrengthsAndBothSigns() {
    Map<PolicyOp, Integer> counts = new EnumMap<>(PolicyOp.class);
    double smallest = 0;
    double largest = 0;
    for (int i = 0; i < DRAWS; i++) {
      AugmentPolicy.Step step =
          policy(AugmentPolicy.Kind.TRIVIALAUGMENT).steps(32, 32, Draw.of(3, 0, i)).get(0);
      counts.merge(step.op(), 1, Integer::sum);
      if (step.op() == PolicyOp.ROTATE) {
        smallest = Math.min(smallest, step.magnitude());
        largest = Math.max(largest, step.magnitude());
      }
    }
    assertThat(counts).hasSize(14).doesNotContainKey(PolicyOp.INVERT);
    assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(850, 1150));
    assertThat(smallest).isEqualTo(-135);
    assertThat(largest).isEqualTo(135);
  }

  @Test
  void randAugmentUsesTheAskedNumberOfOperationsAtOneStrength() {
    AugmentPolicy policy = new AugmentPolicy(AugmentPolicy.Kind.RANDAUGMENT, 3, 30, 0, 0, 0);
    for (int i = 0; i < 200; i++) {
      List<AugmentPolicy.Step> steps = policy.steps(32, 32, Draw.of(4, 0, i));
      assertThat(steps).hasSize(3);
      steps.stream()
          .filter(step -> step.op() == PolicyOp.SHEAR_X)
          .forEach(step -> assertThat(Math.abs(step.magnitude())).isCloseTo(0.3, within(1e-6)));
    }
  }

  @Test
  void learnedPolicyMeetsItsProbabilities() {
    int ops = 0;
    for (int i = 0; i < DRAWS; i++) {
      ops += policy(AugmentPolicy.Kind.AUTOAUGMENT_CIFAR).steps(32, 32, Draw.of(5, 0, i)).size();
    }
    double expected =
        LearnedPolicy.CIFAR10.stream()
            .flatMap(List::stream)
            .mapToDouble(LearnedPolicy.Entry::probability)
            .sum();
    assertThat(25.0 * ops / DRAWS).isCloseTo(expected, within(0.4));
  }

  @Test
  void randomErasingCoversTheAskedShareWithTheMeanColour() throws IOException {
    RgbImage photo = PillowFixtures.read("photo.png");
    RandomErasing erasing = new RandomErasing(0.5, 0.02, 0.33, RandomErasing.Value.MEAN, MEAN, STD);
    int touched = 0;
    double area = 0;
    int draws = 4000;
    for (int i = 0; i < draws; i++) {
      touched += erasing.apply(photo, Draw.of(6, 0, i)) == photo ? 0 : 1;
      RandomErasing.Box box = erasing.box(64, 48, Draw.of(7, 0, i));
      assertThat(box.left() + box.width()).isLessThanOrEqualTo(64);
      assertThat(box.top() + box.height()).isLessThanOrEqualTo(48);
      area += (double) box.width() * box.height() / (64 * 48);
    }
    assertThat(touched).isBetween(1850, 2150);
    assertThat(area / draws).isCloseTo((0.02 + 0.33) / 2, within(0.01));
    RgbImage all =
        new RandomErasing(1, 0.3, 0.3, RandomErasing.Value.MEAN, MEAN, STD)
            .apply(photo, Draw.of(8, 0, 0));
    long covered = 0;
    for (int i = 0; i < all.pixels().length; i += 3) {
      covered += (all.pixels()[i] & 0xff) == 128 && (all.pixels()[i + 1] & 0xff) == 102 ? 1 : 0;
    }
    assertThat(3.0 * covered / all.pixels().length).isCloseTo(0.3, within(0.03));
  }

  /** What a grey network sees has torchvision's deviation: no mean of three draws. */
  @Test
  void noiseForGreyIsDrawnOnceAPixel() {
    RgbImage grey = new RgbImage(64, 64, new byte[3 * 64 * 64]);
    RgbImage all =
        new RandomErasing(1, 0.9, 0.9, RandomErasing.Value.NOISE, List.of(0.5), List.of(0.1))
            .apply(grey, Draw.of(8, 0, 0));
    DoubleSummaryStatistics values = new DoubleSummaryStatistics();
    double squares = 0;
    for (int i = 0; i < all.pixels().length; i += 3) {
      int value = all.pixels()[i] & 0xff;
      assertThat(all.pixels()[i + 1] & 0xff).isEqualTo(value);
      assertThat(all.pixels()[i + 2] & 0xff).isEqualTo(value);
      if (value > 0) {
        values.accept(value / 255.0);
        squares += Math.pow(value / 255.0 - 0.5, 2);
      }
    }
    assertThat(values.getCount()).isGreaterThan(2500);
    assertThat(Math.sqrt(squares / values.getCount())).isCloseTo(0.1, within(0.005));
  }
}
