package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.BlockKind.Follower;
import io.github.repvgg4j.spec.BlockSpec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The names of one implementation for one kind of block. */
final class Dialect {

  /** BatchNorm's counter, which a file may lack. */
  static final String BATCH_COUNT = ".num_batches_tracked";

  private static final List<String> NORM =
      List.of(".weight", ".bias", ".running_mean", ".running_var", BATCH_COUNT);

  /**
   * @param stem prefix of stage 0's block
   * @param block format of the other blocks' prefixes: stage, index
   * @param firstStage subtracted from the stage
   * @param linear the classifier
   */
  record Places(String stem, String block, int firstStage, String linear) {}

  /** The two maps of squeeze-and-excitation. */
  record Gates(String down, String up) {}

  /**
   * Names within a block; empty for what has no tensors.
   *
   * @param dense the convolution; with {@code %d} where there are several side by side
   * @param afterDense its BatchNorm or scale
   * @param pointwise the 1x1 convolution beside it
   * @param afterPointwise its BatchNorm or scale
   * @param identity BatchNorm or scale of the input
   * @param sum BatchNorm of the sum
   * @param fused the one convolution of the fast form
   */
  record Parts(
      String dense,
      String afterDense,
      String pointwise,
      String afterPointwise,
      String identity,
      String sum,
      String fused,
      Gates gates) {

    Parts(String dense, String afterDense) {
      this(dense, afterDense, "", "", "", "", "", new Gates("", ""));
    }

    Parts withPointwise(String convolution, String after) {
      return new Parts(dense, afterDense, convolution, after, identity, sum, fused, gates);
    }

    Parts withIdentity(String name) {
      return new Parts(dense, afterDense, pointwise, afterPointwise, name, sum, fused, gates);
    }

    Parts withSum(String norm) {
      return new Parts(dense, afterDense, pointwise, afterPointwise, identity, norm, fused, gates);
    }

    Parts withFused(String name, Gates its) {
      return new Parts(dense, afterDense, pointwise, afterPointwise, identity, sum, name, its);
    }
  }

  private final Naming naming;
  private final BlockKind kind;
  private final Places places;
  private final Parts parts;
  private final Pattern inBlock;
  private final Map<Form, Pattern> partsOfForm = new EnumMap<>(Form.class);

  Dialect(Naming naming, BlockKind kind, Places places, Parts parts) {
    this.naming = naming;
    this.kind = kind;
    this.places = places;
    this.parts = parts;
    inBlock =
        Pattern.compile(
            "(.*\\.)?(?:" + Pattern.quote(places.stem) + "|" + numbered(places.block) + ")\\.(.+)");
    for (Form form : Form.values()) {
      partsOfForm.put(
          form,
          Pattern.compile(
              partsOf(form).stream().map(Dialect::numbered).collect(Collectors.joining("|"))));
    }
  }

  private static String numbered(String format) {
    return Pattern.quote(format).replace("%d", "\\E\\d+\\Q");
  }

  private List<String> partsOf(Form form) {
    List<String> all = new ArrayList<>();
    for (String gate : List.of(parts.gates.down, parts.gates.up)) {
      all.addAll(List.of(gate + ".weight", gate + ".bias"));
    }
    if (form == Form.FAST) {
      all.addAll(List.of(parts.fused + ".weight", parts.fused + ".bias"));
      return all;
    }
    all.add(parts.dense + ".weight");
    add(all, kind.dense(), parts.afterDense);
    if (!parts.pointwise.isEmpty()) {
      all.add(parts.pointwise + ".weight");
      add(all, kind.pointwise(), parts.afterPointwise);
    }
    add(all, kind.identity(), parts.identity);
    add(all, kind.sum(), parts.sum);
    return all;
  }

  private static void add(List<String> all, Follower follower, String name) {
    switch (follower) {
      case NORM -> NORM.forEach(of -> all.add(name + of));
      case SCALE -> all.add(name + ".weight");
      case ABSENT, BARE -> {}
    }
  }

  Naming naming() {
    return naming;
  }

  BlockKind kind() {
    return kind;
  }

  Parts parts() {
    return parts;
  }

  /**
   * What stands before the name of a block's tensor, such as {@code module.}; empty where the name
   * is none of a block of this form.
   */
  Optional<String> prefix(String name, Form form) {
    Matcher matcher = inBlock.matcher(name);
    return matcher.matches() && partsOfForm.get(form).matcher(matcher.group(2)).matches()
        ? Optional.of(Objects.requireNonNullElse(matcher.group(1), ""))
        : Optional.empty();
  }

  /** Whether a name ends as that of a block's tensor does, under anyone's names. */
  static boolean isAnyWeight(String name) {
    return Naming.dialects().stream()
        .anyMatch(
            dialect ->
                List.of(Form.values()).stream()
                    .anyMatch(form -> dialect.prefix(name, form).isPresent()));
  }

  /** Whether a name without prefix is that of a weight of this form. */
  boolean isWeight(String name, Form form) {
    return prefix(name, form).filter(String::isEmpty).isPresent()
        || name.equals(places.linear + ".weight")
        || name.equals(places.linear + ".bias");
  }

  /** Whether a name without prefix lies within a block or the classifier. */
  boolean isWithinNetwork(String name) {
    Matcher matcher = inBlock.matcher(name);
    return (matcher.matches() && matcher.group(1) == null) || name.startsWith(places.linear + ".");
  }

  /** Prefix of a block, with the dot. */
  String block(int stage, int index) {
    return stage == 0
        ? places.stem + "."
        : String.format(Locale.ROOT, places.block, stage - places.firstStage, index) + ".";
  }

  String block(BlockSpec block) {
    return block(block.stage(), block.index());
  }

  /** Number {@code index} of several convolutions side by side, from 0. */
  String dense(int index) {
    return parts.dense.replace("%d", Integer.toString(index));
  }

  String afterDense(int index) {
    return parts.afterDense.replace("%d", Integer.toString(index));
  }

  String linear() {
    return places.linear;
  }

  /** The kernel of a block, which either form has. */
  String kernel(Form form) {
    return (form == Form.TRAINING ? dense(0) : parts.fused) + ".weight";
  }
}
