package io.github.repvgg4j.accelerate;

import io.github.repvgg4j.text.TextTable;
import java.util.List;
import java.util.Locale;

/**
 * What {@link Accelerator} did to each convolution and BatchNorm layer of a network.
 *
 * @param mode the mode in force, the system property considered
 * @param layers in the network's order
 * @param checkMillis time spent comparing helpers with the stock path; 0 where all was known
 */
public record AccelerationReport(AccelerationMode mode, List<Entry> layers, long checkMillis) {

  /** Which path a layer takes. */
  public enum Verdict {
    ACTIVE,
    STOCK
  }

  /**
   * One layer.
   *
   * @param layer its name in the network
   * @param helper simple class name of the helper in use, or of the one last refused; "-" for none
   * @param reason why, in one line
   * @param forwardDifference max|helper - stock| / max|stock| over the outputs of the check
   * @param backwardDifference the same over the gradients; both NaN where nothing was compared
   */
  public record Entry(
      String layer,
      String helper,
      Verdict verdict,
      String reason,
      double forwardDifference,
      double backwardDifference) {}

  public AccelerationReport {
    layers = List.copyOf(layers);
  }

  /** Layers that run a helper. */
  public long active() {
    return layers.stream().filter(entry -> entry.verdict() == Verdict.ACTIVE).count();
  }

  /** Layers left on the stock path. */
  public List<Entry> stock() {
    return layers.stream().filter(entry -> entry.verdict() == Verdict.STOCK).toList();
  }

  /** One line, for a log. */
  public String summary() {
    return String.format(
        Locale.ROOT, "%s (mode %s, checked in %d ms)", counts(), mode, checkMillis);
  }

  /** How many layers are accelerated; the same on machines that differ only in speed. */
  public String counts() {
    return active() + " of " + layers.size() + " convolution and BatchNorm layers accelerated";
  }

  /** A plain-text table, one row a layer, for a bug report. */
  public String table() {
    TextTable table =
        new TextTable().row("layer", "path", "helper", "forward diff", "backward diff", "reason");
    for (Entry entry : layers) {
      table.row(
          entry.layer(),
          entry.verdict().name().toLowerCase(Locale.ROOT),
          entry.helper(),
          difference(entry.forwardDifference()),
          difference(entry.backwardDifference()),
          entry.reason());
    }
    return table.toString();
  }

  private static String difference(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.1e", value);
  }
}
