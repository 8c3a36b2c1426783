package io.github.repvgg4j.serve.batch;

import io.github.repvgg4j.spec.InputShape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What runs next on the cores, oldest request first: images are decoded on cores that are free, and
 * computed in the way that was measured to be fastest. No more threads run than there are cores, as
 * OpenMP's threads wait for each other, but for a batch that would wait for a decoder for long.
 */
public final class Scheduler {

  /**
   * How long a batch that takes all cores waits for decoders, one of which may be busy for long.
   */
  private static final long DECODER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final long NOBODY = Long.MAX_VALUE;

  /** Measuring waits for an idle machine, but not for ever. */
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final BatchOptions options;
  private final int cores;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<ModelQueue> queues = new ArrayList<>();
  private final Deque<Decoding> decodings = new ArrayDeque<>();
  private int computing;
  private int decoding;

  /** When the request came that waits for cores; a younger one's image isn't decoded before it. */
  private long claim = NOBODY;

  private long measurementSince = Long.MAX_VALUE;
  private boolean closed;

  /** The oldest image of one size of one network. */
  private record Head(ModelQueue queue, Row row) {}

  /** What to do now, or how long to wait for it at most. */
  private record Choice(Optional<Batch> batch, long waitNanos) {}

  public Scheduler(BatchOptions options) {
    this.options = options;
    this.cores = options.cores();
  }

  public BatchOptions options() {
    return options;
  }

  /** A queue before a network. */
  public ModelQueue register(Computer computer) {
    return locked(
        () -> {
          ModelQueue queue = new ModelQueue(computer, cores);
          queues.add(queue);
          return queue;
        });
  }

  /** A network that nobody asks any more. */
  public void remove(ModelQueue queue) {
    locked(() -> queues.remove(queue));
  }

  /** An image that is ready to be computed. */
  public void add(ModelQueue queue, Row row) {
    locked(
        () -> {
          enqueue(queue, row);
          return null;
        });
  }

  private static void enqueue(ModelQueue queue, Row row) {
    row.ready(System.nanoTime());
    queue.add(row);
  }

  /**
   * Work of one core that comes before computing.
   *
   * @param arrivedNanos when its request came
   * @param work the image that is to be computed then; empty where there is none
   */
  public void decode(long arrivedNanos, Supplier<Optional<Decoded>> work) {
    locked(() -> decodings.add(new Decoding(arrivedNanos, work)));
  }

  /** Images that wait, decoded or not. */
  public int waiting() {
    return locked(() -> decodings.size() + queues.stream().mapToInt(ModelQueue::waiting).sum());
  }

  /** How a network is computed where there are many images of a size. */
  public Pace pace(ModelQueue queue, InputShape shape) {
    return strategy(queue, shape).best();
  }

  Strategy strategy(ModelQueue queue, InputShape shape) {
    return locked(() -> queue.strategy(shape));
  }

  void strategy(ModelQueue queue, InputShape shape, Strategy measured) {
    locked(
        () -> {
          queue.strategy(shape, measured);
          return null;
        });
  }

  /** Whether nothing runs and nothing waits. */
  public boolean idle() {
    lock.lock();
    try {
      return computing + decoding == 0 && !pending();
    } finally {
      lock.unlock();
    }
  }

  /** Runs something while nothing else computes, soon after the machine has been idle. */
  void alone(Runnable measurement) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      measurementSince = System.nanoTime();
      while (computing + decoding > 0 || (!due() && pending())) {
        changed.await(10, TimeUnit.MILLISECONDS);
      }
      computing = cores;
      measurementSince = Long.MAX_VALUE;
    } finally {
      lock.unlock();
    }
    try {
      measurement.run();
    } finally {
      released(cores);
    }
  }

  private boolean due() {
    return measurementSince != Long.MAX_VALUE
        && System.nanoTime() - measurementSince > PATIENCE_NANOS;
  }

  private boolean pending() {
    return !decodings.isEmpty() || queues.stream().anyMatch(queue -> !queue.heads().isEmpty());
  }

  /**
   * Waits for what is to be done next. The thread that has done something takes the next itself:
   * handing it to another would leave its core idle until that one is awake.
   *
   * @return empty after {@link #close}
   */
  Optional<Work> next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed) {
        Choice choice = choose(System.nanoTime());
        if (choice.batch().isPresent()) {
          computing += choice.batch().get().threads();
          choice.batch().get().queue().started();
          return Optional.of(choice.batch().get());
        }
        if (mayDecode()) {
          decoding++;
          return Optional.of(decodings.poll());
        }
        changed.awaitNanos(choice.waitNanos());
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  void finished(Batch batch) {
    locked(
        () -> {
          batch.queue().finished();
          computing -= batch.threads();
          return null;
        });
  }

  /**
   * A core is free again, at the moment when its image may be computed: a lone one gets all cores.
   */
  void decoded(Optional<Decoded> image) {
    locked(
        () -> {
          image.ifPresent(it -> enqueue(it.queue(), it.row()));
          return decoding--;
        });
  }

  private boolean mayDecode() {
    return !decodings.isEmpty()
        && !due()
        && computing + decoding < cores
        && (claim == NOBODY || decodings.peek().arrivedNanos() - claim < 0);
  }

  private Choice choose(long now) {
    long wait = TimeUnit.SECONDS.toNanos(1);
    claim = NOBODY;
    if (due()) {
      return new Choice(Optional.empty(), wait);
    }
    List<Head> heads = new ArrayList<>();
    for (ModelQueue queue : queues) {
      queue.heads().forEach(row -> heads.add(new Head(queue, row)));
    }
    heads.sort(Comparator.comparingLong(head -> head.row().arrivedNanos() - now));
    for (Head head : heads) {
      if (mayDecode() && decodings.peek().arrivedNanos() - head.row().arrivedNanos() < 0) {
        break;
      }
      if (!head.queue().mayRun()) {
        continue;
      }
      long left = head.row().readyNanos() + options.delay().toNanos() - now;
      Optional<Pace> pace = pace(head, left <= 0);
      if (pace.isEmpty()) {
        wait = Math.min(wait, left);
        continue;
      }
      Pace fitting = within(head, pace.get());
      if (!mayStart(head, fitting, now)) {
        claim = head.row().arrivedNanos(); // it is its turn: who is younger doesn't overtake it
        wait = Math.min(wait, DECODER_NANOS);
        break;
      }
      return new Choice(Optional.of(batch(head, fitting)), 0);
    }
    return new Choice(Optional.empty(), wait);
  }

  private Optional<Pace> pace(Head head, boolean delayed) {
    InputShape shape = head.row().shape();
    int waiting = head.queue().waiting(shape);
    boolean idle = computing == 0 && decoding == 0 && decodings.isEmpty();
    return head.queue().strategy(shape).next(waiting, idle, delayed);
  }

  private Pace within(Head head, Pace pace) {
    int free = cores - computing - decoding;
    return head.queue().strategy(head.row().shape()).within(pace, free);
  }

  private boolean mayStart(Head head, Pace pace, long now) {
    int left = cores - computing - pace.threads();
    boolean late = pace.threads() > 1 && now - head.row().readyNanos() > DECODER_NANOS;
    return left >= (late ? 0 : decoding);
  }

  private static Batch batch(Head head, Pace pace) {
    List<Row> rows = head.queue().take(head.row().shape(), pace.batch());
    return new Batch(head.queue(), rows, pace.threads());
  }

  private void released(int threads) {
    locked(() -> computing -= threads);
  }

  /** Nothing is handed out any more. */
  void close() {
    locked(() -> closed = true);
  }

  /** Something done under the lock, of which all are told. */
  private <T> T locked(Supplier<T> change) {
    lock.lock();
    try {
      T result = change.get();
      changed.signalAll();
      return result;
    } finally {
      lock.unlock();
    }
  }
}
