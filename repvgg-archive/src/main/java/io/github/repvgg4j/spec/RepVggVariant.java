package io.github.repvgg4j.spec;

import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * The published networks, one row each: blocks of stages 1 to 4, width multipliers a (stages 1 to
 * 3) and b (stage 4), what the blocks have beyond the plain one, published accuracy.
 *
 * <p>Widths are {@code min(64, 64a), 64a, 128a, 256a, 512b} (paper, section 3.4).
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
  /** The network of the article "Implementing RepVGG in PyTorch" (FrancescoSaverioZuppichini). */
  ARTICLE(Depths.ARTICLE, 1, 1, BlockOptions.PLAIN, Published.NONE);

  private static final class Depths {
    static final List<Integer> A = List.of(2, 4, 14, 1);
    static final List<Integer> B = List.of(4, 6, 16, 1);
    static final List<Integer> D = List.of(8, 14, 24, 1);
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

    private static Published repository(double top1) {
      return new Published(OptionalDouble.of(top1), "DingXiaoH/RepVGG, README");
    }
  }

  private final List<Integer> depths;
  private final double a;
  private final double b;
  private final BlockOptions blockOptions;
  private final Published published;

  RepVggVariant(
      List<Integer> depths, double a, double b, BlockOptions blockOptions, Published published) {
    this.depths = depths;
    this.a = a;
    this.b = b;
    this.blockOptions = blockOptions;
    this.published = published;
  }

  /** As its authors write it: {@code B1g4}, {@code D2se}. */
  public String label() {
    return switch (this) {
      case ARTICLE -> "article";
      default -> name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    };
  }

  /**
   * @param label in any case; {@code RepVGG-B1g4} is understood as well
   * @throws IllegalArgumentException naming all variants
   */
  public static RepVggVariant of(String label) {
    String wanted = label.strip().replaceFirst("(?i)^repvgg[-_]?", "");
    return find(wanted)
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

  private static Optional<RepVggVariant> find(String label) {
    return Arrays.stream(values()).filter(v -> v.label().equalsIgnoreCase(label)).findFirst();
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
        (int) Math.min(64, 64 * a),
        (int) (64 * a),
        (int) (128 * a),
        (int) (256 * a),
        (int) (512 * b));
  }

  public Published published() {
    return published;
  }
}
