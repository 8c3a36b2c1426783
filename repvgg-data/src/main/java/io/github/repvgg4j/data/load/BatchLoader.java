package io.github.repvgg4j.data.load;

import io.github.repvgg4j.data.augment.Augmentation;
import io.github.repvgg4j.data.augment.Draw;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.set.ImageSplit;
import io.github.repvgg4j.spec.InputShape;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes batches on several threads, in one order whatever their number: which images a batch holds
 * follows from (seed, epoch), what is done to each from (seed, epoch, index). At most {@code
 * threads + 2} batches exist at a time, so memory does not grow with the data set.
 */
public final class BatchLoader implements Closeable {

  private static final int BATCH_DRAW = -1;

  private final ImageSplit split;
  private final int classes;
  private final ImagePreprocessor preprocessor;
  private final SampleReader reader;
  private final Options options;
  private final BadImages badImages;
  private final List<int[]> byClass;
  private final ExecutorService workers;

  /**
   * How batches are made.
   *
   * @param order of the images
   * @param batchSize images a batch
   * @param threads at least 1
   * @param seed of everything that is drawn
   * @param cacheBytes of decoded images that may be kept
   * @param augmentations of single images, in this order
   * @param targets smoothing and mixing
   */
  public record Options(
      Order order,
      int batchSize,
      int threads,
      long seed,
      long cacheBytes,
      List<Augmentation> augmentations,
      TargetMix targets) {

    /** Every image once, in order, unchanged. */
    public static Options evaluation(int batchSize, int threads, long cacheBytes) {
      return new Options(
          Order.SEQUENTIAL, batchSize, threads, 0, cacheBytes, List.of(), TargetMix.NONE);
    }
  }

  /** The order of the images. */
  public enum Order {
    /** As they stand; the last batch may be smaller. */
    SEQUENTIAL,
    /** Shuffled anew each epoch; what does not fill a last batch waits for another epoch. */
    SHUFFLED,
    /**
     * As many images an epoch, but each class equally often: images of small classes several times,
     * each time with a draw of its own, and of large ones a part, the next part in the next epoch.
     */
    BALANCED
  }

  public BatchLoader(
      ImageSplit split,
      int classes,
      ImagePreprocessor preprocessor,
      Options options,
      BadImages badImages) {
    this.split = split;
    this.classes = classes;
    this.preprocessor = preprocessor;
    this.options = options;
    this.badImages = badImages;
    this.reader =
        new SampleReader(split, preprocessor, options.augmentations(), options.cacheBytes());
    this.byClass = options.order() == Order.BALANCED ? Visits.byClass(split, classes) : List.of();
    this.workers =
        Executors.newFixedThreadPool(
            options.threads(),
            task -> {
              Thread thread = new Thread(task, "image-loader");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Batches an epoch, of the usual size. */
  public int batches() {
    int size = options.batchSize();
    return options.order() != Order.SEQUENTIAL && split.size() >= size
        ? split.size() / size
        : (split.size() + size - 1) / size;
  }

  /**
   * What is particular to an epoch.
   *
   * @param size of the images: the augmented ones are brought to it, for training that begins with
   *     smaller ones
   * @param plan of the batches; all must fit in the images, but for one that is all there is
   * @param softTargets that follow each image's targets in its row, mixed as they are
   */
  public record EpochOptions(InputShape size, BatchPlan plan, SoftTargets softTargets) {}

  /** The batches of one epoch from {@code firstBatch} on. Close it when leaving early. */
  public Epoch epoch(int epoch, int firstBatch) {
    return epoch(epoch, firstBatch, preprocessor.input());
  }

  /** The same with images of another size. */
  public Epoch epoch(int epoch, int firstBatch, InputShape size) {
    BatchPlan plan = BatchPlan.of(batches(), options.batchSize());
    return epoch(epoch, firstBatch, new EpochOptions(size, plan, SoftTargets.NONE));
  }

  /** The same as the epoch wants it. */
  public Epoch epoch(int epoch, int firstBatch, EpochOptions wanted) {
    Visits visits = visits(epoch, wanted.plan);
    return new Epoch(new Making(epoch, visits, wanted, output(wanted.size)), firstBatch);
  }

  private Visits visits(int epoch, BatchPlan plan) {
    return switch (options.order()) {
      case SEQUENTIAL -> Visits.sequential(split.size());
      case SHUFFLED -> Visits.shuffled(options.seed(), epoch, split.size());
      case BALANCED -> {
        int length = Math.min(split.size(), plan.before(plan.batches()));
        yield Visits.balanced(options.seed(), epoch, byClass, length);
      }
    };
  }

  private ImagePreprocessor output(InputShape size) {
    return size.equals(preprocessor.input()) ? preprocessor : preprocessor.withInput(size);
  }

  /** What all batches of an epoch are made by. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Making(int epoch, Visits visits, EpochOptions options, ImagePreprocessor output) {}

  /** A run through the images; used by one thread. */
  public final class Epoch implements Closeable {

    private final Making making;
    private final int batches;
    private final Deque<Future<ImageBatch>> pending = new ArrayDeque<>();
    private int nextBatch;

    private Epoch(Making making, int firstBatch) {
      this.making = making;
      this.batches = making.options.plan.batches();
      this.nextBatch = firstBatch;
    }

    /**
     * The next batch, or null at the end. With {@link BadImages.Policy#SKIP} it may hold fewer
     * images, even none.
     */
    public ImageBatch next() throws IOException {
      while (pending.size() < options.threads() + 2 && nextBatch < batches) {
        int batch = nextBatch++;
        pending.add(workers.submit(() -> make(making, batch)));
      }
      if (pending.isEmpty()) {
        return null;
      }
      try {
        return pending.remove().get();
      } catch (ExecutionException e) {
        throw rethrow(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while loading images", e);
      }
    }

    @Override
    public void close() {
      pending.forEach(future -> future.cancel(false));
      pending.clear();
    }
  }

  private static IOException rethrow(Throwable cause) {
    if (cause instanceof RuntimeException e) {
      throw e;
    }
    if (cause instanceof Error e) {
      throw e;
    }
    return cause instanceof IOException e ? e : new IOException(cause);
  }

  private ImageBatch make(Making making, int batch) throws IOException {
    ImagePreprocessor output = making.output;
    int from = making.options.plan.before(batch);
    int to = Math.min(making.visits.size(), making.options.plan.before(batch + 1));
    int length = output.length();
    float[] features = new float[(to - from) * length];
    int[] images = new int[to - from];
    int size = 0;
    for (int i = from; i < to; i++) {
      int index = making.visits.images()[i];
      try {
        Draw draw = Draw.of(options.seed(), making.epoch, making.visits.draws()[i]);
        output.normalise(reader.read(index, draw, output.input()), features, size * length);
        images[size++] = index;
      } catch (BadImageException e) {
        badImages.report(e);
      }
    }
    ImageBatch result =
        batch(
            Arrays.copyOf(images, size),
            Arrays.copyOf(features, size * length),
            output.input(),
            making.options.softTargets);
    options.targets().apply(result, Draw.of(options.seed(), making.epoch, BATCH_DRAW - batch));
    return result;
  }

  private ImageBatch batch(
      int[] images, float[] features, InputShape input, SoftTargets softTargets) {
    int[][] labels = Arrays.stream(images).mapToObj(split::labels).toArray(int[][]::new);
    float[] targets = options.targets().targets(labels, classes);
    return new ImageBatch(
        new long[] {labels.length, input.channels(), input.height(), input.width()},
        features,
        softTargets.classes() == 0 ? targets : withSoft(targets, images, softTargets),
        labels);
  }

  private float[] withSoft(float[] targets, int[] images, SoftTargets softTargets) {
    int row = classes + softTargets.classes();
    float[] all = new float[images.length * row];
    for (int i = 0; i < images.length; i++) {
      System.arraycopy(targets, i * classes, all, i * row, classes);
      softTargets.write(images[i], all, i * row + classes);
    }
    return all;
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }
}
