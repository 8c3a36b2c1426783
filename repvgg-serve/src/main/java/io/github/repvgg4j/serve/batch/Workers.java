package io.github.repvgg4j.serve.batch;

import io.github.repvgg4j.serve.fault.FaultKind;
import io.github.repvgg4j.serve.fault.RequestFault;
import io.github.repvgg4j.spec.InputShape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that compute and decode: one a core, and one for a batch that begins beside a
 * decoder.
 */
public final class Workers implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

  private static final long SHORT_OF_MEMORY_MILLIS = 100;

  private final Scheduler scheduler;
  private final List<Thread> threads = new ArrayList<>();

  /** Starts them. */
  public Workers(Scheduler scheduler) {
    this.scheduler = scheduler;
    for (int i = 1; i <= scheduler.options().cores() + 1; i++) {
      start("worker-" + i);
    }
  }

  private void start(String name) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // closed
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    threads.add(thread);
  }

  private void work() throws InterruptedException {
    DirectBuffer images = new DirectBuffer();
    DirectBuffer logits = new DirectBuffer();
    for (Optional<Work> next = next(); next.isPresent(); next = next()) {
      if (next.get() instanceof Batch batch) {
        compute(batch, images, logits);
      } else if (next.get() instanceof Decoding decoding) {
        decode(decoding);
      }
    }
  }

  private Optional<Work> next() throws InterruptedException {
    while (true) {
      try {
        return scheduler.next();
      } catch (RuntimeException | Error e) { // a worker lives on
        LOG.error("No work could be taken", e);
        Thread.sleep(SHORT_OF_MEMORY_MILLIS);
      }
    }
  }

  private void compute(Batch batch, DirectBuffer images, DirectBuffer logits) {
    Optional<RequestFault> fault = Optional.empty();
    long begun = System.nanoTime();
    try {
      run(batch, images, logits);
    } catch (RuntimeException | Error e) { // a worker lives on
      LOG.error("A batch of {} images failed", batch.rows().size(), e);
      fault = Optional.of(new RequestFault(FaultKind.FAILED, "the images can't be computed"));
    } finally {
      scheduler.finished(batch);
    }
    answer(batch, fault, begun, logits);
  }

  private void decode(Decoding decoding) {
    Optional<Decoded> image = Optional.empty();
    try {
      image = decoding.work().get();
    } catch (RuntimeException | Error e) {
      LOG.error("An image was lost", e);
    } finally {
      scheduler.decoded(image);
    }
  }

  private static void run(Batch batch, DirectBuffer images, DirectBuffer logits) {
    List<Row> rows = batch.rows();
    if (rows.isEmpty()) {
      return; // all of them gave up a moment ago
    }
    InputShape shape = rows.get(0).shape();
    int length = shape.channels() * shape.height() * shape.width();
    FloatBuffer in = images.of(Math.multiplyExact(rows.size(), length));
    for (Row row : rows) {
      float[] values = row.values();
      if (values == null) {
        in.position(in.position() + length); // given up since, whose answer nobody reads
      } else {
        in.put(values, row.offset(), length);
      }
    }
    Computer computer = batch.queue().computer();
    FloatBuffer out = logits.of(Math.multiplyExact(rows.size(), computer.classes()));
    computer.logits(in.flip(), rows.size(), shape, out, batch.threads());
  }

  private static void answer(
      Batch batch, Optional<RequestFault> fault, long begun, DirectBuffer logits) {
    int classes = batch.queue().computer().classes();
    int size = batch.rows().size();
    long nanos = System.nanoTime() - begun;
    FloatBuffer out = fault.isPresent() ? null : logits.of(size * classes);
    for (Row row : batch.rows()) {
      try {
        if (fault.isPresent()) {
          row.fail(fault.get());
        } else {
          float[] own = new float[classes];
          out.get(own);
          row.complete(own, new RowTimes(begun - row.readyNanos(), nanos, size));
        }
      } catch (RuntimeException | Error e) {
        LOG.error("An answer was lost", e);
      }
    }
  }

  /** Ends them; what is being computed is computed to its end. */
  @Override
  public void close() {
    scheduler.close();
    for (Thread thread : threads) {
      try {
        thread.join(10_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
