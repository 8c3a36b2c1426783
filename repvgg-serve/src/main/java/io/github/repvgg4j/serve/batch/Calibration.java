package io.github.repvgg4j.serve.batch;

import io.github.repvgg4j.spec.InputShape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures in which way this machine computes most images a second: some at once on all cores, or
 * single ones side by side on a share of them. It runs while the machine is idle, one call after
 * the other, so that a request waits for one of them at most.
 */
public final class Calibration {

  private static final Logger LOG = LoggerFactory.getLogger(Calibration.class);

  /**
   * What a batch on all cores must gain over single images side by side: cores stand still while it
   * is gathered, and while what is being decoded keeps one of them.
   */
  private static final double BATCH_GAIN = 0.8;

  /**
   * What more cores for a single image must gain over fewer, which need not wait for each other.
   */
  private static final double CORES_GAIN = 0.9;

  /** What a batch must gain over a smaller one; less is noise, and costs those who wait for it. */
  private static final double LARGER_GAIN = 0.97;

  /** A batch that takes longer keeps requests waiting for too long. */
  private static final long LONGEST_NANOS = 300_000_000L;

  private static final int RUNS = 3;

  /** Images of a turn: one after another where they come singly. */
  private static final int IMAGES = 8;

  private final Scheduler scheduler;
  private final ModelQueue queue;
  private final InputShape shape;
  private final int cores;
  private Pace best;
  private double bestNanos;

  private Calibration(Scheduler scheduler, ModelQueue queue, InputShape shape) {
    this.scheduler = scheduler;
    this.queue = queue;
    this.shape = shape;
    this.cores = scheduler.options().cores();
    this.best = new Pace(1, cores);
  }

  /**
   * Measures, and has the scheduler keep to it. Everything that is run then is planned before.
   *
   * @param shape of the images
   */
  public static void run(Scheduler scheduler, ModelQueue queue, InputShape shape)
      throws InterruptedException {
    Calibration calibration = new Calibration(scheduler, queue, shape);
    ExecutorService threads = Executors.newFixedThreadPool(calibration.cores, Calibration::thread);
    try {
      calibration.run(threads);
    } finally {
      threads.shutdown();
    }
  }

  /**
   * Has a network computed as the one that it replaces, without measuring: under load that would
   * keep it waiting for long.
   */
  public static void adopt(
      Scheduler scheduler, ModelQueue from, ModelQueue queue, InputShape shape) {
    Strategy strategy = scheduler.strategy(from, shape);
    plan(queue, shape, strategy);
    scheduler.strategy(queue, shape, strategy);
  }

  /** The first plan, which every model has before it gets requests. */
  public static void plan(ModelQueue queue, InputShape shape, int cores) {
    call(queue.computer(), shape, new Pace(1, cores));
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "measure");
    thread.setDaemon(true);
    return thread;
  }

  private void run(ExecutorService threads) throws InterruptedException {
    best = new Pace(1, queue.computer().callers(cores) > 1 ? 1 : cores);
    bestNanos = nanosAnImage(threads, best);
    for (int share = 2 * best.threads(); share <= cores; share *= 2) {
      consider(threads, new Pace(1, share), CORES_GAIN);
    }
    int largest = batches(threads);
    Strategy strategy = new Strategy(cores, best, sizes(), 1);
    scheduler.alone(
        () -> {
          if (largest > best.batch()) {
            queue.computer().forgetPlans(); // what isn't used takes no memory
          }
          plan(queue, shape, strategy);
        });
    scheduler.strategy(queue, shape, strategy);
    LOG.info(
        "{} images of {} at once on {} of {} cores: {} ms an image",
        best.batch(),
        shape,
        best.threads(),
        cores,
        Math.round(bestNanos / 1e4) / 100.0);
  }

  /** The largest that was tried. */
  private int batches(ExecutorService threads) throws InterruptedException {
    double gain = BATCH_GAIN;
    int batch = 1;
    for (int lost = 0; lost < 2 && 2 * batch <= scheduler.options().largestBatch(); ) {
      batch *= 2;
      double nanos = consider(threads, new Pace(batch, cores), gain);
      boolean won = best.batch() == batch;
      gain = won ? LARGER_GAIN : gain;
      lost = won ? 0 : lost + 1;
      if (nanos * 2 * batch > LONGEST_NANOS) {
        break;
      }
    }
    return batch;
  }

  private double consider(ExecutorService threads, Pace pace, double gain)
      throws InterruptedException {
    double nanos = nanosAnImage(threads, pace);
    LOG.debug("{} at {} ms an image", pace, nanos / 1e6);
    if (nanos < gain * bestNanos && nanos * pace.batch() <= LONGEST_NANOS) {
      best = pace;
      bestNanos = nanos;
    }
    return nanos;
  }

  private List<Integer> sizes() {
    List<Integer> sizes = new ArrayList<>();
    for (int size = 1; size <= best.batch(); size *= 2) {
      sizes.add(size);
    }
    return sizes;
  }

  /** All that the strategy may come to run. */
  private static void plan(ModelQueue queue, InputShape shape, Strategy strategy) {
    Computer computer = queue.computer();
    strategy.batches().forEach(size -> call(computer, shape, new Pace(size, strategy.cores())));
    call(computer, shape, strategy.best());
    call(computer, shape, new Pace(1, strategy.leastThreads()));
  }

  private double nanosAnImage(ExecutorService threads, Pace pace) throws InterruptedException {
    int callers = pace.callers(cores);
    int calls = Math.max(1, IMAGES / pace.batch() / callers);
    call(queue.computer(), shape, pace); // makes the plan, which may take long, beside requests
    double least = Double.MAX_VALUE;
    for (int run = 0; run < RUNS; run++) {
      long[] nanos = new long[1];
      scheduler.alone(() -> nanos[0] = together(threads, callers, calls, pace));
      least = Math.min(least, (double) nanos[0] / (callers * calls * pace.batch()));
    }
    return least;
  }

  private long together(ExecutorService threads, int callers, int calls, Pace pace) {
    Callable<Void> call =
        () -> {
          for (int i = 0; i < calls; i++) {
            call(queue.computer(), shape, pace);
          }
          return null;
        };
    long begun = System.nanoTime();
    try {
      for (var done : threads.invokeAll(Collections.nCopies(callers, call))) {
        done.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    return System.nanoTime() - begun;
  }

  private static void call(Computer computer, InputShape shape, Pace pace) {
    int length = shape.channels() * shape.height() * shape.width();
    FloatBuffer images = new DirectBuffer().of(Math.multiplyExact(pace.batch(), length));
    FloatBuffer logits = new DirectBuffer().of(pace.batch() * computer.classes());
    computer.logits(images, pace.batch(), shape, logits, pace.threads());
  }
}
