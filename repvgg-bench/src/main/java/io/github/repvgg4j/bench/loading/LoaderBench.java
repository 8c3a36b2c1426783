package io.github.repvgg4j.bench.loading;

import io.github.repvgg4j.bench.loading.LoaderContender.Content;
import io.github.repvgg4j.bench.measure.InterleavedClock;
import io.github.repvgg4j.bench.measure.InterleavedClock.Times;
import io.github.repvgg4j.bench.measure.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Loaders of the same files: checks what they deliver, then times whole epochs in turns. */
record LoaderBench(InterleavedClock clock) {

  /** Crops are random, so the means of two epochs differ; unnormalised values would by 0.4. */
  private static final double MEAN_LIMIT = 0.2;

  /**
   * A loader's epochs.
   *
   * @param images of each epoch
   */
  record Line(String loader, int threads, long images, Times times) {

    double imagesPerSecond() {
      return 1000 * images / times.median();
    }
  }

  /** One line a loader, in order. */
  List<Line> run(List<LoaderContender> loaders) {
    long images = requireSameContent(loaders);
    List<Runnable> epochs = new ArrayList<>();
    loaders.forEach(loader -> epochs.add(() -> requireImages(loader, loader.epoch(), images)));
    List<Times> times = clock.run(epochs);
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < loaders.size(); i++) {
      LoaderContender loader = loaders.get(i);
      lines.add(new Line(loader.name(), loader.threads(), images, times.get(i)));
    }
    return lines;
  }

  /** The gate: all deliver as many images whose values have the same mean. */
  private static long requireSameContent(List<LoaderContender> loaders) {
    Content first = loaders.get(0).content();
    for (LoaderContender loader : loaders.subList(1, loaders.size())) {
      Content content = loader.content();
      requireImages(loader, content.images(), first.images());
      if (!(Math.abs(content.mean() - first.mean()) <= MEAN_LIMIT)) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "%s: other values than %s, their mean is %.3f, not %.3f; not timed",
                loader.name(),
                loaders.get(0).name(),
                content.mean(),
                first.mean()));
      }
    }
    return first.images();
  }

  private static void requireImages(LoaderContender loader, long found, long expected) {
    if (found != expected || found == 0) {
      throw new IllegalStateException(
          loader.name() + ": an epoch of " + found + " images, not " + expected + "; not timed");
    }
  }

  /** A Markdown table; the last column compares with torchvision at as many threads. */
  static String table(List<Line> lines) {
    Table table =
        new Table("loader | threads | images | median ms | p10 - p90 | images/s | to torchvision");
    for (Line line : lines) {
      table.row(
          "%s | %d | %d | %.1f | %.1f - %.1f | %.0f | %s",
          line.loader(),
          line.threads(),
          line.images(),
          line.times().median(),
          line.times().quantile(0.1),
          line.times().quantile(0.9),
          line.imagesPerSecond(),
          ratio(line, lines));
    }
    return table.toString();
  }

  private static String ratio(Line line, List<Line> all) {
    return all.stream()
        .filter(peer -> peer.loader().equals(TorchvisionLoader.NAME))
        .filter(peer -> peer.threads() == line.threads() && peer != line)
        .map(peer -> line.imagesPerSecond() / peer.imagesPerSecond())
        .map(ratio -> String.format(Locale.ROOT, "%.2f", ratio))
        .findFirst()
        .orElse("");
  }
}
