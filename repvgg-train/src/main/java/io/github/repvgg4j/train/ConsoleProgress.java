package io.github.repvgg4j.train;

import io.github.repvgg4j.data.load.BatchPlan;
import io.github.repvgg4j.machine.Console;
import io.github.repvgg4j.text.Count;
import io.github.repvgg4j.train.report.RunReport;
import io.github.repvgg4j.train.run.EpochMetrics;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IntSummaryStatistics;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on a terminal, plain lines elsewhere; one line an epoch in both cases. */
public final class ConsoleProgress implements RunListener, AutoCloseable {

  private static final long LINE_EVERY_NANOS = 60_000_000_000L;

  private final PrintWriter out;
  private final boolean terminal;
  private Start start;
  private ProgressBar bar;
  private int batches;
  private long lastLine = System.nanoTime();

  public ConsoleProgress(PrintStream out) {
    this(Console.writer(out), Console.isTerminal(out));
  }

  /** Plain lines in any case. */
  public ConsoleProgress(PrintWriter out) {
    this(out, false);
  }

  private ConsoleProgress(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public void onStart(Start newStart) {
    start = newStart;
    out.println(data(start));
    out.println(work(start));
    out.println(start.acceleration());
    if (start.firstEpoch() > 0) {
      out.println(
          start.minutes().isEmpty() && start.firstEpoch() >= start.epochs()
              ? "resumed after the last epoch"
              : "resumed in epoch " + (start.firstEpoch() + 1));
    }
  }

  private static String data(Start start) {
    return Count.of(start.trainImages(), "training image")
        + " and "
        + Count.of(start.testImages(), "test image")
        + " in "
        + Count.of(start.classes(), "class", "classes")
        + "; "
        + Count.of(start.parameters(), "parameter");
  }

  /** What an epoch is, and what of the images it leaves out. */
  static String work(Start start) {
    BatchPlan plan = start.plan();
    int left = start.trainImages() - plan.images();
    String work =
        (start.minutes().isPresent()
                ? minutes(start.minutes().getAsDouble()) + " in epochs of "
                : Count.of(start.epochs(), "epoch") + " of ")
            + Count.of(plan.batches(), "batch", "batches")
            + " of "
            + sizes(plan);
    if (plan.batches() == 1 && plan.images() < start.batchSize()) {
      return work + " (training.batchSize: " + start.batchSize() + " is more than there are)";
    }
    return left == 0
        ? work
        : work
            + "; "
            + Count.of(left, "image")
            + " left out of each epoch, others each time: only whole batches are trained";
  }

  private static String sizes(BatchPlan plan) {
    IntSummaryStatistics sizes =
        plan.runs().stream().mapToInt(BatchPlan.Run::size).summaryStatistics();
    String least = sizes.getMin() < sizes.getMax() ? sizes.getMin() + " to " : "";
    return least + Count.of(sizes.getMax(), "image");
  }

  @Override
  public void onNote(String note) {
    closeBar();
    out.println(note);
  }

  @Override
  public void onEpochStart(int epoch, int batchesOfEpoch) {
    batches = batchesOfEpoch;
  }

  /** But for what whole batches leave out. */
  private long imagesOfEpoch() {
    return start.plan().images();
  }

  @Override
  public void onBatch(int epoch, int batch, double loss) {
    if (terminal) {
      if (bar == null) {
        bar = bar(epoch);
      }
      bar.stepTo((batch + 1L) * imagesOfEpoch() / batches);
      bar.setExtraMessage(String.format(Locale.ROOT, " loss %.3f", loss));
    } else if (System.nanoTime() - lastLine > LINE_EVERY_NANOS) {
      out.printf(
          Locale.ROOT,
          "epoch %d: batch %d of %d, loss %.3f%n",
          epoch + 1,
          batch + 1,
          batches,
          loss);
      lastLine = System.nanoTime();
    }
  }

  private static String minutes(double number) {
    String text =
        new BigDecimal(number).round(new MathContext(4)).stripTrailingZeros().toPlainString();
    return text + (text.equals("1") ? " minute" : " minutes");
  }

  private String ofAll() {
    return start.minutes().isPresent() ? "" : "/" + start.epochs();
  }

  private ProgressBar bar(int epoch) {
    return new ProgressBarBuilder()
        .setTaskName("epoch " + (epoch + 1) + ofAll())
        .setInitialMax(imagesOfEpoch())
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(500)
        .setUnit(" images", 1)
        .showSpeed()
        .build();
  }

  @Override
  public void onEpoch(EpochMetrics metrics) {
    closeBar();
    lastLine = System.nanoTime();
    String test =
        metrics.testLoss() == null
            ? ""
            : String.format(
                Locale.ROOT,
                "  test loss %.4f  %s %.2f %%",
                metrics.testLoss(),
                start.measure().label(),
                100 * start.measure().of(metrics));
    double left =
        start.minutes().isPresent()
            ? Math.max(0, 60 * start.minutes().getAsDouble() - metrics.seconds())
            : metrics.seconds() / metrics.epoch() * (start.epochs() - metrics.epoch());
    out.printf(
        Locale.ROOT,
        "epoch %d%s  lr %.4g  train loss %.4f%s  %.0f images/s  %.0f s, %.0f s left%n",
        metrics.epoch(),
        ofAll(),
        metrics.learningRate(),
        metrics.trainLoss(),
        test,
        metrics.imagesPerSecond(),
        metrics.seconds(),
        left);
  }

  /** The last lines of a run. */
  public void summary(RunResult result) {
    closeBar();
    if (result.state() == RunResult.State.STOPPED) {
      out.printf(
          Locale.ROOT,
          "stopped in epoch %d; --resume goes on from the checkpoint in %s%n",
          result.epochs() + 1,
          result.folder());
      if (result.replacing()) {
        out.println("the earlier run in that folder is as it was; this one has no model yet");
      }
      return;
    }
    out.printf(
        Locale.ROOT,
        "done in %.0f s: %s (epoch %d), %s%n",
        result.seconds(),
        scores(result),
        result.bestEpoch(),
        result.model());
    Path report = result.folder().resolve("report.html");
    if (Files.exists(report)) {
      out.println(
          report
              + " shows the run; next: repvgg-deploy convert "
              + RunReport.shellWord(result.model().toString()));
    }
    if (result.badImages() > 0) {
      out.printf(
          Locale.ROOT,
          "%s left out; result.json says which%n",
          Count.of(result.badImages(), "bad image was", "bad images were"));
    }
  }

  private static String scores(RunResult result) {
    EpochMetrics best = result.best().orElseThrow();
    if (best.top1() == null) {
      return String.format(
          Locale.ROOT,
          "mean average precision %.2f %%, micro F1 %.2f %%",
          100 * best.meanAveragePrecision(),
          100 * best.microF1());
    }
    String balanced =
        String.format(Locale.ROOT, ", balanced accuracy %.2f %%", 100 * best.balancedAccuracy());
    boolean unequal = Math.abs(best.balancedAccuracy() - best.top1()) > 1e-9;
    return String.format(Locale.ROOT, "top-1 %.2f %%", 100 * best.top1())
        + (unequal ? balanced : "");
  }

  private void closeBar() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  @Override
  public void close() {
    closeBar();
  }
}
