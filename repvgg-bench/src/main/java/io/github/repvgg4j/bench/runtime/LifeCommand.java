package io.github.repvgg4j.bench.runtime;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.bench.engine.DirectFloats;
import io.github.repvgg4j.bench.engine.ResolutionOption;
import io.github.repvgg4j.bench.engine.Workload;
import io.github.repvgg4j.bench.measure.Machine;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A server's life: many callers for minutes, then loading and closing again and again. */
@Command(
    name = "life",
    mixinStandardHelpOptions = true,
    description = "Fast runtime: answers, throughput and memory with many callers; load and close.")
public final class LifeCommand implements Callable<Integer> {

  @Option(names = "--callers", defaultValue = "8")
  private int callers;

  @Option(names = "--seconds", defaultValue = "300", description = "With all callers.")
  private double seconds;

  @Option(names = "--cycles", defaultValue = "1000", description = "Of loading and closing.")
  private int cycles;

  @Mixin private ResolutionOption resolution;

  private InputShape shape;
  private float[] expected;
  private FloatBuffer images;

  @Override
  public Integer call() throws Exception {
    shape = resolution.shape();
    Workload workload = resolution.workload("A0");
    Path zip = Files.createTempFile("life", ".zip");
    try (INDArray array = workload.images(1)) {
      ModelZipWriter.of(
              workload.fused(), ModelMetadata.of(ModelMetadata.Form.FAST, workload.spec()))
          .write(zip);
      images = DirectFloats.of(array);
      RuntimeOptions options =
          RuntimeOptions.of(Precision.FP32).threads(1).selfCheck(RuntimeOptions.SelfCheck.SKIP);
      serve(zip, options);
      loadAndClose(zip, options);
    } finally {
      Files.delete(zip);
    }
    return 0;
  }

  private void serve(Path zip, RuntimeOptions options) throws Exception {
    try (FastNetwork network = FastNetwork.load(zip, options)) {
      FloatBuffer logits = DirectFloats.zeros(1000);
      network.logits(images.duplicate(), 1, shape, logits);
      expected = copy(logits);
      double one = throughput(network, 1, Math.min(20, seconds));
      long before = Machine.residentMb();
      double all = throughput(network, callers, seconds);
      System.out.printf(
          Locale.ROOT,
          "1 caller %.1f images/s, %d callers %.1f images/s (%.2f times) for %.0f s, all answers"
              + " bit-equal; resident %d MB before, %d MB after%n",
          one,
          callers,
          all,
          all / one,
          seconds,
          before,
          Machine.residentMb());
    }
  }

  /** Images a second; each answer is compared. */
  private double throughput(FastNetwork network, int threads, double duration) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    AtomicLong answers = new AtomicLong();
    long start = System.nanoTime();
    long end = start + (long) (duration * 1e9);
    List<Future<?>> work = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      work.add(pool.submit(() -> callUntil(network, end, answers)));
    }
    for (Future<?> each : work) {
      each.get();
    }
    pool.shutdown();
    return answers.get() / ((System.nanoTime() - start) / 1e9);
  }

  private void callUntil(FastNetwork network, long end, AtomicLong answers) {
    FloatBuffer logits = DirectFloats.zeros(1000);
    while (System.nanoTime() < end) {
      network.logits(images.duplicate(), 1, shape, logits);
      for (int i = 0; i < expected.length; i++) {
        if (logits.get(i) != expected[i]) {
          throw new IllegalStateException("a wrong answer: logit " + i + " is " + logits.get(i));
        }
      }
      answers.incrementAndGet();
    }
  }

  private void loadAndClose(Path zip, RuntimeOptions options) throws IOException {
    FloatBuffer logits = DirectFloats.zeros(1000);
    for (int cycle = 0; cycle <= cycles; cycle++) {
      try (FastNetwork network = FastNetwork.load(zip, options)) {
        network.logits(images.duplicate(), 1, shape, logits);
      }
      if (cycle % Math.max(1, cycles / 5) == 0) {
        System.gc();
        System.out.printf(
            Locale.ROOT,
            "loaded and closed %d times: resident %d MB%n",
            cycle,
            Machine.residentMb());
      }
    }
  }

  private static float[] copy(FloatBuffer buffer) {
    float[] numbers = new float[buffer.capacity()];
    buffer.duplicate().rewind().get(numbers);
    return numbers;
  }
}
