package io.github.repvgg4j.bench.loading;

import io.github.repvgg4j.bench.measure.Table;
import io.github.repvgg4j.data.load.BatchLoader;
import io.github.repvgg4j.data.load.ImageBatch;
import io.github.repvgg4j.data.set.ImageData;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A data set with many names: what it takes to list them and to begin training.
 *
 * @param images training images found
 * @param listSeconds to open the folder
 * @param baseMb heap in use before that, after a collection
 * @param openMb heap in use with the data set open, after a collection
 * @param batches loaded then
 * @param runningMb heap in use after these, the epoch still running, after a collection; a few
 *     batches made ahead are in it
 */
record ManyImages(
    int images, double listSeconds, double baseMb, double openMb, int batches, double runningMb) {

  private static final int MAX_CLASSES = 1000;
  private static final int MAX_BATCHES = 100;
  private static final int THREADS = 2;

  /** Symbolic links to the files in turn: {@code count} to train in up to 1000 classes. */
  static void link(Path folder, List<Path> files, int count) throws IOException {
    int classes = Math.min(MAX_CLASSES, count);
    for (int c = 0; c < classes; c++) {
      for (String split : new String[] {"train", "test"}) {
        Files.createDirectories(file(folder, split, c, c).getParent());
      }
      Files.createSymbolicLink(file(folder, "test", c, c), target(files, c));
    }
    for (int i = 0; i < count; i++) {
      Files.createSymbolicLink(file(folder, "train", i % classes, i), target(files, i));
    }
  }

  private static Path file(Path folder, String split, int label, int index) {
    return folder.resolve(String.format(Locale.ROOT, "%s/c%04d/%08d.jpg", split, label, index));
  }

  private static Path target(List<Path> files, int index) {
    return files.get(index % files.size()).toAbsolutePath();
  }

  /** Opens the folder and loads up to a hundred batches as ImageNet training does. */
  static ManyImages measure(Path folder) throws IOException {
    double base = heapMb();
    long start = System.nanoTime();
    try (ImageData data = ImageData.open(folder)) {
      double seconds = (System.nanoTime() - start) / 1e9;
      double open = heapMb();
      try (BatchLoader loader = OwnLoader.Work.imageNet(THREADS).loader(data);
          BatchLoader.Epoch epoch = loader.epoch(0, 0)) {
        int batches = 0;
        while (batches < MAX_BATCHES && next(epoch)) {
          batches++;
        }
        return new ManyImages(data.train().size(), seconds, base, open, batches, heapMb());
      }
    }
  }

  private static boolean next(BatchLoader.Epoch epoch) throws IOException {
    ImageBatch batch = epoch.next();
    return batch != null && batch.size() > 0;
  }

  private static double heapMb() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1e6;
  }

  /** A Markdown table. */
  String table() {
    Table table =
        new Table(
            "training images | listing, s | heap before, MB | opened | after "
                + batches
                + " batches, epoch running (up to "
                + (THREADS + 2)
                + " of 39 MB made ahead)");
    table.row("%d | %.2f | %.0f | %.0f | %.0f", images, listSeconds, baseMb, openMb, runningMb);
    return table.toString();
  }
}
