package io.github.repvgg4j.serve.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.serve.fault.FaultKind;
import io.github.repvgg4j.serve.fault.RequestFault;
import io.github.repvgg4j.spec.InputShape;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What runs together and when, with a network that does as it is told. */
class SchedulerTest {

  private static final InputShape SMALL = new InputShape(1, 1, 1);
  private static final InputShape LARGE = new InputShape(1, 2, 2);
  private static final int CORES = 2;
  private static final Duration HOUR = Duration.ofSeconds(59);

  private final Gated computer = new Gated();
  private Scheduler scheduler;
  private ModelQueue queue;
  private Workers workers;

  /** A call of the network. */
  private record Call(int count, InputShape shape, int threads) {}

  /** Doubles each image's first number, when it is let to. */
  private static final class Gated implements Computer {

    final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    final BlockingQueue<Boolean> permits = new LinkedBlockingQueue<>();

    @Override
    public int classes() {
      return 1;
    }

    @Override
    public void logits(
        FloatBuffer images, int count, InputShape shape, FloatBuffer logits, int threads) {
      calls.add(new Call(count, shape, threads));
      try {
        if (!permits.take()) {
          throw new IllegalStateException("told to fail");
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      int length = images.remaining() / count;
      for (int i = 0; i < count; i++) {
        logits.put(i, 2 * images.get(i * length));
      }
    }

    @Override
    public int callers(int cores) {
      return cores;
    }

    @Override
    public void close() {}
  }

  /** The answer to one image. */
  private static final class Answer implements Row.Listener {

    final CompletableFuture<Float> logit = new CompletableFuture<>();
    RowTimes times;

    @Override
    public void computed(float[] logits, RowTimes rowTimes) {
      times = rowTimes;
      logit.complete(logits[0]);
    }

    @Override
    public void failed(RequestFault fault) {
      logit.completeExceptionally(fault);
    }

    float get() throws Exception {
      return logit.get(10, TimeUnit.SECONDS);
    }
  }

  private void start(Duration delay, Strategy strategy) {
    scheduler = new Scheduler(new BatchOptions(CORES, delay, 16));
    queue = scheduler.register(computer);
    scheduler.strategy(queue, SMALL, strategy);
    workers = new Workers(scheduler);
  }

  private static Strategy batches(int size, Integer... planned) {
    return new Strategy(CORES, new Pace(size, CORES), List.of(planned), 1);
  }

  @AfterEach
  void end() {
    for (int i = 0; i < 1000; i++) {
      computer.permits.add(true);
    }
    workers.close();
  }

  private Answer add(float value, InputShape shape) {
    Answer answer = new Answer();
    float[] values = new float[shape.height() * shape.width()];
    values[0] = value;
    scheduler.add(queue, new Row(values, 0, shape, System.nanoTime(), answer));
    return answer;
  }

  private Call nextCall() throws InterruptedException {
    return computer.calls.poll(10, TimeUnit.SECONDS);
  }

  @Test
  void aLoneImageWaitsForNobody() throws Exception {
    start(HOUR, batches(4, 1, 2, 4));
    Answer answer = add(3, SMALL);
    assertThat(nextCall()).isEqualTo(new Call(1, SMALL, CORES));
    computer.permits.add(true);
    assertThat(answer.get()).isEqualTo(6);
    assertThat(answer.times.batch()).isEqualTo(1);
  }

  @Test
  void imagesThatComeWhileOneIsComputedAreComputedTogether() throws Exception {
    start(HOUR, batches(4, 1, 2, 4));
    List<Answer> answers = new ArrayList<>(List.of(add(0, SMALL)));
    assertThat(nextCall().count()).isEqualTo(1);
    for (int i = 1; i <= 6; i++) {
      answers.add(add(i, SMALL));
    }
    for (int i = 0; i < 4; i++) {
      computer.permits.add(true);
    }
    assertThat(nextCall().count()).isEqualTo(4);
    assertThat(nextCall().count()).isEqualTo(2);
    for (int i = 0; i <= 6; i++) {
      assertThat(answers.get(i).get()).isEqualTo(2 * i);
    }
  }

  @Test
  void onlyPlannedSizesAreRun() throws Exception {
    start(Duration.ZERO, batches(4, 1, 2, 4));
    add(0, SMALL);
    nextCall();
    for (int i = 0; i < 7; i++) {
      add(i, SMALL);
    }
    for (int i = 0; i < 8; i++) {
      computer.permits.add(true);
    }
    assertThat(List.of(nextCall().count(), nextCall().count(), nextCall().count()))
        .containsExactly(4, 2, 1);
  }

  @Test
  void sizesAreNotMixed() throws Exception {
    start(Duration.ZERO, batches(4, 1, 2, 4));
    scheduler.strategy(queue, LARGE, batches(4, 1, 2, 4));
    add(0, SMALL);
    nextCall();
    add(1, SMALL);
    Answer large = add(2, LARGE);
    add(3, SMALL);
    for (int i = 0; i < 3; i++) {
      computer.permits.add(true);
    }
    assertThat(nextCall()).isEqualTo(new Call(2, SMALL, CORES));
    assertThat(nextCall()).isEqualTo(new Call(1, LARGE, CORES));
    assertThat(large.get()).isEqualTo(4);
  }

  /** Others are being decoded, so it is worth a moment; the moment ends. */
  @Test
  void anImageWaitsForThoseThatAreDecodedButNotForLong() throws Exception {
    start(Duration.ofMillis(50), batches(4, 1, 2, 4));
    CountDownLatch decoding = new CountDownLatch(1);
    CountDownLatch decode = new CountDownLatch(1);
    scheduler.decode(System.nanoTime(), waiting(decoding, decode));
    assertThat(decoding.await(10, TimeUnit.SECONDS)).isTrue();
    computer.permits.add(true);
    Answer answer = add(1, SMALL);
    answer.get();
    assertThat(answer.times.waitNanos()).isGreaterThanOrEqualTo(50_000_000);
    decode.countDown();
  }

  private static Supplier<Optional<Decoded>> waiting(CountDownLatch begun, CountDownLatch end) {
    return () -> {
      begun.countDown();
      try {
        end.await(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return Optional.empty();
    };
  }

  /** Its decoder does not count as somebody else who needs a core. */
  @Test
  void aLoneDecodedImageIsComputedOnAllCores() throws Exception {
    start(HOUR, new Strategy(CORES, new Pace(1, 1), List.of(1), 1));
    Answer answer = new Answer();
    long now = System.nanoTime();
    Row row = new Row(new float[] {3}, 0, SMALL, now, answer);
    scheduler.decode(now, () -> Optional.of(new Decoded(queue, row)));
    assertThat(nextCall()).isEqualTo(new Call(1, SMALL, CORES));
    computer.permits.add(true);
    assertThat(answer.get()).isEqualTo(6);
  }

  /** One image takes the core that is left, a batch waits for all of them, but not for long. */
  @Test
  void besideADecoderThereAreFewerCores() throws Exception {
    start(Duration.ZERO, batches(2, 1, 2));
    CountDownLatch decoding = new CountDownLatch(1);
    CountDownLatch decode = new CountDownLatch(1);
    scheduler.decode(System.nanoTime(), waiting(decoding, decode));
    assertThat(decoding.await(10, TimeUnit.SECONDS)).isTrue();
    add(1, SMALL);
    assertThat(nextCall()).isEqualTo(new Call(1, SMALL, 1));
    long begun = System.nanoTime();
    add(2, SMALL);
    add(3, SMALL);
    computer.permits.add(true);
    assertThat(nextCall()).isEqualTo(new Call(2, SMALL, CORES));
    assertThat(System.nanoTime() - begun).isGreaterThan(20_000_000);
    decode.countDown();
  }

  @Test
  void sideBySideEachCoreTakesAnImage() throws Exception {
    start(HOUR, new Strategy(CORES, new Pace(1, 1), List.of(1), 1));
    add(1, SMALL);
    assertThat(nextCall().threads()).isEqualTo(CORES); // alone
    Answer second = add(2, SMALL);
    Answer third = add(3, SMALL);
    computer.permits.add(true);
    assertThat(List.of(nextCall().threads(), nextCall().threads())).containsExactly(1, 1);
    computer.permits.add(true);
    computer.permits.add(true);
    assertThat(second.get() + third.get()).isEqualTo(10);
  }

  @Test
  void whoeverGaveUpIsNotComputed() throws Exception {
    start(HOUR, batches(2, 1, 2));
    add(0, SMALL);
    nextCall();
    Answer gone = new Answer();
    Row row = new Row(new float[1], 0, SMALL, System.nanoTime(), gone);
    scheduler.add(queue, row);
    Answer stays = add(4, SMALL);
    row.fail(new RequestFault(FaultKind.DEADLINE, "too late"));
    computer.permits.add(true);
    computer.permits.add(true);
    assertThat(nextCall().count()).isEqualTo(1);
    assertThat(stays.get()).isEqualTo(8);
    assertThat(gone.logit).isCompletedExceptionally();
  }

  @Test
  void aBatchThatFailsTakesNoWorkerWithIt() throws Exception {
    start(HOUR, batches(2, 1, 2));
    for (int i = 0; i < 5; i++) {
      Answer bad = add(1, SMALL);
      computer.permits.add(false);
      assertThat(bad.logit.handle((value, failure) -> failure).get(10, TimeUnit.SECONDS))
          .isInstanceOf(RequestFault.class);
    }
    Answer good = add(5, SMALL);
    computer.permits.add(true);
    assertThat(good.get()).isEqualTo(10);
  }

  /** A flood of tensors must not keep an image from being decoded. */
  @Test
  void anOlderImageIsDecodedBeforeYoungerOnesAreComputed() throws Exception {
    start(HOUR, new Strategy(CORES, new Pace(1, 1), List.of(1), 1));
    add(0, SMALL);
    nextCall();
    CountDownLatch decoded = new CountDownLatch(1);
    scheduler.decode(
        System.nanoTime(),
        () -> {
          decoded.countDown();
          return Optional.empty();
        });
    for (int i = 0; i < 50; i++) {
      add(i, SMALL);
    }
    computer.permits.add(true);
    assertThat(decoded.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(computer.permits).isEmpty();
  }

  @Test
  void whatIsMeasuredRunsAloneAndKeepsNobodyForGood() throws Exception {
    start(HOUR, batches(2, 1, 2));
    Answer running = add(1, SMALL);
    nextCall();
    CompletableFuture<Integer> measured = new CompletableFuture<>();
    Thread measuring =
        new Thread(
            () -> {
              try {
                scheduler.alone(() -> measured.complete(computer.calls.size()));
              } catch (InterruptedException e) {
                measured.completeExceptionally(e);
              }
            });
    measuring.start();
    assertThat(measured).isNotDone();
    computer.permits.add(true);
    running.get();
    assertThat(measured.get(10, TimeUnit.SECONDS)).isZero();
    Answer after = add(2, SMALL);
    computer.permits.add(true);
    assertThat(after.get()).isEqualTo(4);
  }

  @Test
  void measuringFindsTheFasterOfTwoWays() throws Exception {
    Computer fixedCost =
        new Computer() {
          @Override
          public int classes() {
            return 1;
          }

          @Override
          public void logits(
              FloatBuffer images, int count, InputShape shape, FloatBuffer logits, int threads) {
            try { // as long for one image as for four; a share of the cores gains nothing
              Thread.sleep(count <= 4 ? 5 * CORES / threads : 5L * count);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }

          @Override
          public int callers(int cores) {
            return cores;
          }

          @Override
          public void close() {}
        };
    start(HOUR, batches(1, 1));
    ModelQueue own = scheduler.register(fixedCost);
    Calibration.run(scheduler, own, SMALL);
    assertThat(scheduler.pace(own, SMALL)).isEqualTo(new Pace(4, CORES));
  }
}
