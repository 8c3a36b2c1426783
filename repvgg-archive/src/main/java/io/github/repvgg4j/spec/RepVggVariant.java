package io.github.repvgg4j.spec;

import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * The published networks, one row each: blocks of stages 1 to 4, width multipliers a (stages 1 to
 * 3) and b (stage 4), what the blocks have beyond the plain one, published accuracy. MobileOne has
 * a multiplier a stage.
 *
 * <p>Widths are {@code min(64, 64a), 64a, 128a, 256a, 512b} (RepVGG, section 3.4; MobileOne, table
 * 2).
 */
public enum RepVggVariant {
  A0(Depths.A, 0.75, 2.5, BlockOptions.PLAIN, Published.paperTable4(72.41)),
  A1(Depths.A, 1, 2.5, BlockOptions.PLAIN, Published.paperTable4(74.46)),
  A2(Depths.A, 1.5, 2.75, BlockOptions.PLAIN, Published.paperTable4(76.48)),
  B0(Depths.B, 1, 2.5, BlockOptions.PLAIN, Published.paperTable4(75.14)),
  B1(Depths.B, 2, 4, BlockOptions.PLAIN, Published.paperTable4(78.37)),
  B1G2(Depths.B, 2, 4, new BlockOptions(2, false), Published.paperTable4(77.78)),
  B1G4(Depths.B, 2, 4, new BlockOptions(4, false), Published.paperTable4(77.58)),
  B2(Depths.B, 2.5, 5, BlockOptions.PLAIN, Published.paperTable4(78.78)),
  B2G2(Depths.B, 2.5, 5, new BlockOptions(2, false), Published.NONE),
  B2G4(Depths.B, 2.5, 5, new BlockOptions(4, false), Published.paperTable4(78.50)),
  B3(Depths.B, 3, 5, BlockOptions.PLAIN, Published.paperTable5(80.52)),
  B3G2(Depths.B, 3, 5, new BlockOptions(2, false), Published.NONE),
  B3G4(Depths.B, 3, 5, new BlockOptions(4, false), Published.paperTable5(80.21)),
  D2SE(Depths.D, 2.5, 5, new BlockOptions(1, true), Published.repository(81.82)),
  /** MobileOne, arXiv 2206.04040: pairs of blocks. */
  S0(4, false, List.of(0.75, 1.0, 1.0, 2.0), Published.mobileOne(71.4)),
  S1(1, false, List.of(1.5, 1.5, 2.0, 2.5), Published.mobileOne(75.9)),
  S2(1, false, List.of(1.5, 2.0, 2.5, 4.0), Published.mobileOne(77.4)),
  S3(1, false, List.of(2.0, 2.5, 3.0, 4.0), Published.mobileOne(78.1)),
  S4(1, true, List.of(3.0, 3.5, 3.5, 4.0), Published.mobileOne(79.4)),
  /** The network of the article "Implementing RepVGG in PyTorch" (FrancescoSaverioZuppichini). */
  ARTICLE(Depths.ARTICLE, 1, 1, BlockOptions.PLAIN, Published.NONE);

  private static final class Depths {
    static final List<Integer> A = List.of(2, 4, 14, 1);
    static final List<Integer> B = List.of(4, 6, 16, 1);
    static final List<Integer> D = List.of(8, 14, 24, 1);
    static final List<Integer> S = List.of(2, 8, 10, 1);
    static final List<Integer> ARTICLE = List.of(2, 2, 2, 2);
  }

  /**
   * What others measured.
   *
   * @param top1 ImageNet-1k validation accuracy in percent at 224 x 224; empty if none is published
   * @param source where it is published
   */
  public record Published(OptionalDouble top1, String source) {

    static final Published NONE = new Published(OptionalDouble.empty(), "");

    private static Published paperTable4(double top1) {
      return new Published(OptionalDouble.of(top1), "paper, table 4 (120 epochs)");
    }

    private static Published paperTable5(double top1) {
      return new Published(
          OptionalDouble.of(top1),
          "paper, table 5 (200 epochs, AutoAugment, label smoothing, mixup)");
    }

    private static Published mobileOne(double top1) {
      return new Published(OptionalDouble.of(top1), "apple/ml-mobileone, README");
    }

    private static Published repository(double top1) {
      return new Published(OptionalDouble.of(top1), "DingXiaoH/RepVGG, README");
    }
  }

  private final List<Integer> depths;
  private final List<Double> multipliers;
  private final BlockOptions blockOptions;
  private final Published published;

  RepVggVariant(
      List<Integer> depths, double a, double b, BlockOptions blockOptions, Published published) {
    this.depths = depths;
    this.multipliers = List.of(a, a, a, b);
    this.blockOptions = blockOptions;
    this.published = published;
  }

  /** MobileOne with k convolutions side by side. */
  RepVggVariant(int k, boolean squeezeExcitation, List<Double> multipliers, Published published) {
    this.depths = Depths.S;
    this.multipliers = multipliers;
    this.blockOptions =
        new BlockOptions(1, squeezeExcitation)
            .withStructure(new BlockOptions.Structure(BlockKind.MOBILEONE, k));
    this.published = published;
  }

  /** As its authors write it: {@code B1g4}, {@code D2se}, {@code MobileOne-S0}. */
  public String label() {
    if (isMobileOne()) {
      return "MobileOne-" + name();
    }
    return switch (this) {
      case ARTICLE -> "article";
      default -> name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    };
  }

  private boolean isMobileOne() {
    return blockOptions.kind() == BlockKind.MOBILEONE;
  }

  /**
   * @param label in any case; {@code RepVGG-B1g4}, {@code S0} and {@code mobileone_s0} are
   *     understood as well
   * @throws IllegalArgumentException naming all variants
   */
  public static RepVggVariant of(String label) {
    return Arrays.stream(values())
        .filter(variant -> variant.isCalled(label.strip()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no variant '"
                        + label
                        + "'; there are "
                        + Arrays.stream(values())
                            .map(RepVggVariant::label)
                            .collect(Collectors.joining(", "))));
  }

  private boolean isCalled(String label) {
    String family = isMobileOne() ? "mobileone" : "repvgg";
    return label.replaceFirst("(?i)^" + family + "[-_]?", "").equalsIgnoreCase(name());
  }

  /** The published network: 1000 classes, 224 x 224. */
  public RepVggSpec spec() {
    return spec(1000, InputShape.square(224));
  }

  /** This variant for other classes and images; strides as published. */
  public RepVggSpec spec(int numClasses, InputShape input) {
    return RepVggSpec.of(depths, widths(), numClasses, input).withBlockOptions(blockOptions);
  }

  private List<Integer> widths() {
    return List.of(
        (int) Math.min(64, 64 * multipliers.get(0)),
        (int) (64 * multipliers.get(0)),
        (int) (128 * multipliers.get(1)),
        (int) (256 * multipliers.get(2)),
        (int) (512 * multipliers.get(3)));
  }

  public Published published() {
    return published;
  }
}
