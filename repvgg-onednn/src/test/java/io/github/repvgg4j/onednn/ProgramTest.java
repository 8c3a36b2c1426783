package io.github.repvgg4j.onednn;

import static io.github.repvgg4j.onednn.primitive.Argument.SECOND_SOURCE;
import static io.github.repvgg4j.onednn.primitive.Argument.SOURCE;
import static io.github.repvgg4j.onednn.primitive.Argument.TARGET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.onednn.OnePrimitive.Array;
import io.github.repvgg4j.onednn.primitive.After;
import io.github.repvgg4j.onednn.primitive.Binary;
import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.onednn.primitive.Pointwise;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.primitive.Purpose;
import io.github.repvgg4j.onednn.program.Execution;
import io.github.repvgg4j.onednn.program.PackedWeights;
import io.github.repvgg4j.onednn.program.Plan;
import io.github.repvgg4j.onednn.program.PlanCache;
import io.github.repvgg4j.onednn.program.Program;
import io.github.repvgg4j.onednn.program.Scratch;
import io.github.repvgg4j.onednn.program.SharedProgram;
import io.github.repvgg4j.onednn.program.Tape;
import io.github.repvgg4j.onednn.program.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** Programs give what their steps give one by one, and nothing native outlives its owner. */
class ProgramTest {

  private static final Layout SMALL = Layout.plain(DataType.F32, 2000);
  private static final Layout LARGE = Layout.plain(DataType.F32, 10, 16, 64, 64);

  @Test
  void arraysWhoseTimesOverlapNeverShareMemory() {
    for (int seed = 0; seed < 20; seed++) {
      RandomSums sums = new RandomSums(seed);
      try (Program program = sums.tape.program();
          Scratch scratch = new Scratch();
          Execution execution = new Execution(program, () -> scratch);
          Memory in = Array.random(seed, 2000).memory();
          Memory out = Memory.allocate(SMALL)) {
        execution.run(in.address(), out.address());
        for (int i = 0; i < 2000; i++) {
          assertThat(out.floats().get(i)).isEqualTo((float) (sums.factor * in.floats().get(i)));
        }
        assertThat(program.bytes()).isLessThan(sums.made * SMALL.bytes());
      }
    }
  }

  /** Sums of earlier sums, all multiples of the input; small numbers, so that all are exact. */
  private static final class RandomSums {
    private final Tape tape = new Tape();
    private final int made = 30;
    private final double factor;

    RandomSums(int seed) {
      Random random = new Random(seed);
      List<Tensor> known = new ArrayList<>(List.of(tape.slot(SMALL)));
      List<Double> factors = new ArrayList<>(List.of(1.0));
      Tensor out = tape.slot(SMALL);
      for (int i = 0; i < made; i++) {
        int from = Math.max(0, known.size() - 6);
        int first = from + random.nextInt(known.size() - from);
        int second = from + random.nextInt(known.size() - from);
        boolean last = i == made - 1;
        double half = 0.5;
        Tensor sum = last ? out : tape.buffer(SMALL);
        tape.add(
            "sum",
            new Binary(Binary.Kind.ADD, SMALL, SMALL)
                .forward(After.of(new Function(Function.Kind.LINEAR, (float) half))),
            Map.of(SOURCE, known.get(first), SECOND_SOURCE, known.get(second), TARGET, sum));
        known.add(sum);
        factors.add(half * (factors.get(first) + factors.get(second)));
      }
      factor = factors.get(factors.size() - 1);
    }
  }

  @Test
  void chainsOfLargeArraysTakeTwoOfThem() {
    Tape tape = new Tape();
    Tensor tensor = tape.slot(LARGE);
    for (int i = 0; i < 10; i++) {
      tensor = tape.result("relu", relu(), Map.of(SOURCE, tensor));
    }
    try (Program program = tape.program()) {
      assertThat(program.bytes()).isBetween(2 * LARGE.bytes(), 2 * LARGE.bytes() + 10_000);
      assertThat(program.size()).isEqualTo(10);
    }
  }

  private static Primitive relu() {
    return new Pointwise(Function.RELU, LARGE).forward(Purpose.INFERENCE);
  }

  @Test
  void threadsScratchGrowsAndProgramsFollowIt() {
    try (Program first = twice(SMALL);
        Program second = twice(LARGE);
        Execution small = new Execution(first, Scratch::ofThread);
        Execution large = new Execution(second, Scratch::ofThread);
        Memory numbers = Memory.allocate(LARGE)) {
      for (int i = 0; i < 3; i++) {
        for (Execution execution : List.of(small, large)) {
          numbers.floats().put(0, -1f).put(1, 7f);
          execution.run(numbers.address(), numbers.address());
          assertThat(numbers.floats().get(0)).isEqualTo(0f);
          assertThat(numbers.floats().get(1)).isEqualTo(28f);
        }
      }
    }
  }

  /** {@code relu(2 x)} and that times two. */
  private static Program twice(Layout layout) {
    Tape tape = new Tape();
    Tensor from = tape.slot(layout);
    Tensor to = tape.slot(layout);
    Binary sum = new Binary(Binary.Kind.ADD, layout, layout);
    Tensor once =
        tape.result(
            "once",
            sum.forward(After.of(Function.RELU)),
            Map.of(SOURCE, from, SECOND_SOURCE, from));
    tape.add(
        "twice", sum.forward(After.NOTHING), Map.of(SOURCE, once, SECOND_SOURCE, once, TARGET, to));
    return tape.program();
  }

  @Test
  void manyCallersShareAProgram() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(4);
    Program program = twice(SMALL);
    try (SharedProgram shared = new SharedProgram(program)) {
      List<Future<?>> done = new ArrayList<>();
      for (int caller = 1; caller <= 4; caller++) {
        float mine = caller;
        done.add(
            callers.submit(
                () -> {
                  try (Memory numbers = Memory.allocate(SMALL);
                      Memory result = Memory.allocate(SMALL)) {
                    numbers.floats().put(0, mine);
                    for (int i = 0; i < 500; i++) {
                      shared.run(numbers.address(), result.address());
                      assertThat(result.floats().get(0)).isEqualTo(4 * mine);
                    }
                  }
                }));
      }
      for (Future<?> one : done) {
        one.get();
      }
      assertThat(shared.bytes()).isBetween(1L, 4 * program.bytes());
    } finally {
      callers.shutdown();
    }
  }

  @Test
  void sharedMemoryLivesUntilTheProgramIsClosed() {
    Memory weights = Array.random(1, 2000).memory();
    float expected = 2 * weights.floats().get(3);
    Tape tape = new Tape();
    Tensor out = tape.slot(SMALL);
    tape.add(
        "sum",
        new Binary(Binary.Kind.ADD, SMALL, SMALL).forward(After.NOTHING),
        Map.of(SOURCE, Tensor.of(weights), SECOND_SOURCE, Tensor.of(weights), TARGET, out));
    Program program = tape.program();
    weights.close();
    Execution execution = new Execution(program, Scratch::ofThread);
    try (Memory result = Memory.allocate(SMALL)) {
      execution.run(result.address());
      assertThat(result.floats().get(3)).isEqualTo(expected);
      execution.close();
      assertThatThrownBy(() -> execution.run(result.address()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("this program's execution is closed");
    }
    program.close();
    assertThatThrownBy(weights::floats).hasMessage("memory of F32 [2000] is closed");
    assertThatThrownBy(weights::close).hasMessage("memory of F32 [2000] is closed");
  }

  @Test
  void weightsArePackedOnceALayout() {
    Array numbers = Array.random(1, 32, 16, 3, 3);
    try (PackedWeights weights = new PackedWeights(numbers.memory())) {
      long one = weights.bytes();
      Layout blocked = numbers.layout().in(Order.BLOCKS_OF_16);
      Tensor packed = weights.in(blocked);
      assertThat(weights.in(blocked)).isEqualTo(packed);
      assertThat(weights.bytes()).isEqualTo(one);
      Tensor plain = weights.in(numbers.layout());
      assertThat(weights.bytes()).isEqualTo(2 * one);
      float[] found = new float[numbers.numbers().length];
      ((Tensor.Fixed) plain.place()).memory().floats().get(found);
      assertThat(found).isEqualTo(numbers.numbers());
    }
  }

  @Test
  void layoutsThatNobodyUsesAreFreedButForOneToMakeOthersOf() {
    Array numbers = Array.random(1, 32, 16, 3, 3);
    try (PackedWeights weights = new PackedWeights(numbers.memory())) {
      long one = weights.bytes();
      weights.in(numbers.layout().in(Order.BLOCKS_OF_16));
      Tensor used = weights.in(numbers.layout().in(Order.CHANNELS_LAST));
      try (Memory user = ((Tensor.Fixed) used.place()).memory().share()) {
        weights.in(numbers.layout());
        weights.trim();
        assertThat(weights.bytes()).isEqualTo(one);
        assertThat(user.isShared()).isTrue();
      }
      weights.trim();
      assertThat(weights.bytes()).isEqualTo(one);
      float[] found = new float[numbers.numbers().length];
      ((Tensor.Fixed) weights.in(numbers.layout()).place()).memory().floats().get(found);
      assertThat(found).isEqualTo(numbers.numbers());
    }
  }

  private static final class Counted implements Plan {
    private boolean open = true;

    @Override
    public long bytes() {
      return 1;
    }

    @Override
    public void close() {
      assertThat(open).isTrue();
      open = false;
    }
  }

  @Test
  void planInUseIsClosedWhenItsLastUserIsDone() {
    try (PlanCache<Integer, Counted, RuntimeException> cache =
        new PlanCache<>(2, shape -> new Counted())) {
      List<Counted> used = new ArrayList<>();
      cache.use(
          1,
          plan -> {
            used.add(plan);
            cache.use(2, used::add);
            cache.use(3, used::add);
            assertThat(plan.open).isTrue();
          });
      assertThat(used).extracting(plan -> plan.open).containsExactly(false, true, true);
      assertThat(cache.bytes()).isEqualTo(2);
      cache.use(2, plan -> assertThat(plan).isSameAs(used.get(1)));
    }
  }

  @Test
  void whoHasAPlannedShapeDoesNotWaitForThoseOfANewOneWhichIsPlannedOnce() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger planned = new AtomicInteger();
    ExecutorService callers = Executors.newFixedThreadPool(3);
    try (PlanCache<Integer, Counted, InterruptedException> cache =
        new PlanCache<>(
            2,
            shape -> {
              planned.incrementAndGet();
              if (shape == 2) {
                started.countDown();
                assertThat(goOn.await(1, TimeUnit.MINUTES)).isTrue();
              }
              return new Counted();
            })) {
      cache.use(1, plan -> {});
      List<Future<Counted>> slow =
          List.of(callers.submit(() -> used(cache, 2)), callers.submit(() -> used(cache, 2)));
      assertThat(started.await(1, TimeUnit.MINUTES)).isTrue();
      callers.submit(() -> used(cache, 1)).get(1, TimeUnit.MINUTES); // else it would never end
      assertThat(cache.bytes()).isEqualTo(1);
      assertThat(slow).noneMatch(Future::isDone);
      goOn.countDown();
      assertThat(slow.get(0).get(1, TimeUnit.MINUTES))
          .isSameAs(slow.get(1).get(1, TimeUnit.MINUTES));
      assertThat(planned).hasValue(2);
    } finally {
      goOn.countDown();
      callers.shutdownNow();
    }
  }

  private static Counted used(PlanCache<Integer, Counted, InterruptedException> cache, int shape)
      throws InterruptedException {
    AtomicReference<Counted> used = new AtomicReference<>();
    cache.use(shape, used::set);
    return used.get();
  }

  @Test
  void aShapeThatCouldNotBePlannedIsTriedAgain() {
    AtomicInteger tries = new AtomicInteger();
    try (PlanCache<Integer, Counted, RuntimeException> cache =
        new PlanCache<>(
            2,
            shape -> {
              if (tries.incrementAndGet() == 1) {
                throw new IllegalStateException("no memory");
              }
              return new Counted();
            })) {
      assertThatThrownBy(() -> cache.use(1, plan -> {})).hasMessage("no memory");
      cache.use(1, plan -> {});
      assertThat(tries).hasValue(2);
    }
  }

  @Test
  void nothingNativeIsLeftAfterAThousandPrograms() {
    cycle();
    long objects = Owned.alive();
    long before = Pointer.physicalBytes();
    for (int i = 0; i < 1000; i++) {
      cycle();
    }
    assertThat(Owned.alive()).isEqualTo(objects);
    assertThat(Pointer.physicalBytes()).isLessThan(before + 50 * LARGE.bytes());
  }

  private static void cycle() {
    try (Memory in = Memory.allocate(LARGE);
        SharedProgram program = new SharedProgram(twice(SMALL))) {
      in.floats().put(0, 1f);
      program.run(in.address(), in.address());
      assertThat(in.floats().get(0)).isEqualTo(4f);
    }
  }
}
