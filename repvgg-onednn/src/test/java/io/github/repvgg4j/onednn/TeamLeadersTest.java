package io.github.repvgg4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who leads OpenMP's teams. */
class TeamLeadersTest {

  private static Thread leader() {
    return OpenMpThreads.led(2, Thread::currentThread);
  }

  @Test
  void oneThreadIsTheCallersAndMoreHaveALeader() {
    assertThat(OpenMpThreads.led(1, Thread::currentThread)).isSameAs(Thread.currentThread());
    assertThat(leader()).isNotSameAs(Thread.currentThread()).matches(Thread::isDaemon);
  }

  /** Each leader has a team, so there are no more of them than calls at once. */
  @Test
  void callersInTurnHaveTheSameLeader() throws Exception {
    Set<Thread> leaders = ConcurrentHashMap.newKeySet();
    leaders.add(leader());
    for (int i = 0; i < 20; i++) {
      Thread caller =
          new Thread(
              () -> {
                for (int call = 0; call < 500; call++) {
                  leaders.add(leader());
                }
              });
      caller.start();
      caller.join();
    }
    assertThat(leaders).hasSize(1);
  }

  @Test
  void callsAtOnceHaveLeadersOfTheirOwn() throws Exception {
    CountDownLatch together = new CountDownLatch(3);
    ExecutorService callers = Executors.newFixedThreadPool(3);
    try {
      List<Future<Thread>> found =
          IntStream.range(0, 3)
              .mapToObj(i -> callers.submit(() -> OpenMpThreads.led(2, () -> met(together))))
              .toList();
      Set<Thread> leaders = ConcurrentHashMap.newKeySet();
      for (Future<Thread> one : found) {
        leaders.add(one.get(10, TimeUnit.SECONDS));
      }
      assertThat(leaders).hasSize(3);
    } finally {
      callers.shutdownNow();
    }
  }

  private static Thread met(CountDownLatch together) {
    together.countDown();
    try {
      assertThat(together.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return Thread.currentThread();
  }

  @Test
  void aLeaderLeadsWhatItCallsItself() {
    assertThat(OpenMpThreads.led(2, () -> List.of(leader(), Thread.currentThread())))
        .allMatch(thread -> thread != Thread.currentThread())
        .satisfies(both -> assertThat(both.get(0)).isSameAs(both.get(1)));
  }

  @Test
  void faultsComeAsTheyAreAndTakeNoLeaderWithThem() {
    Thread before = leader();
    IllegalStateException fault = new IllegalStateException("of the work");
    OutOfMemoryError error = new OutOfMemoryError("of the work");
    assertThatThrownBy(() -> OpenMpThreads.led(2, fail(fault))).isSameAs(fault);
    assertThatThrownBy(() -> OpenMpThreads.led(2, fail(error))).isSameAs(error);
    assertThat(leader()).isSameAs(before);
  }

  private static Supplier<Void> fail(Throwable fault) {
    return () -> {
      if (fault instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) fault;
    };
  }

  @Test
  void whoIsInterruptedWaitsForTheAnswerAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    assertThat(OpenMpThreads.led(2, () -> 7)).isEqualTo(7);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void idleLeadersEnd() throws Exception {
    Thread leader = leader();
    leader.join(20_000);
    assertThat(leader.isAlive()).isFalse();
    assertThat(leader()).isNotSameAs(leader);
  }
}
