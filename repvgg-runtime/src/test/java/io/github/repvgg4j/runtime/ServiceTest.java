package io.github.repvgg4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.archive.ProbeJson;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.Tolerance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A service's own JVM: without ND4J, with no more threads than it may use, and idle when idle. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "threads are counted in /proc")
class ServiceTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 1, 1, 1), List.of(16, 16, 32, 32, 64), 10, InputShape.square(32));

  @TempDir Path folder;
  private Path zip;
  private MultiLayerNetwork network;

  @BeforeEach
  void write() throws IOException {
    network = FusedNetworks.of(SPEC, 1);
    zip = folder.resolve("fast.zip");
    ModelZipWriter.of(network, ModelMetadata.of(Form.FAST, SPEC))
        .withEntry(Probe.ENTRY, ProbeJson.write(ArrayNetwork.probe(network, 2, SPEC.input(), 2)))
        .write(zip);
  }

  private static String value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key + " "))
        .findFirst()
        .map(line -> line.substring(key.length() + 1))
        .orElseThrow(() -> new AssertionError(String.join("\n", lines)));
  }

  private List<String> run(List<String> jvmOptions, Map<String, String> environment, int threads)
      throws Exception {
    return OwnProcess.run(
        List.of(), jvmOptions, environment, ServiceProgram.class, zip, threads, "answer");
  }

  @Test
  void answersAsDeeplearning4jWithoutItsClasses() throws Exception {
    assertThat(OwnProcess.classPath()).doesNotContain("nd4j").doesNotContain("deeplearning4j");
    List<String> lines = run(List.of(), Map.of(), 1);
    String[] logits = value(lines, "logits").replaceAll("[\\[\\] ]", "").split(",");
    float[] image = new float[3 * 32 * 32];
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) Math.sin(i);
    }
    INDArray expected = Logits.of(network, Floats.array(image, 1, 3, 32, 32));
    float[] actual = new float[logits.length];
    for (int i = 0; i < actual.length; i++) {
      actual[i] = Float.parseFloat(logits[i]);
    }
    Tolerance.FLOAT32.check(Floats.array(actual, 1, actual.length), expected);
    assertThat(value(lines, "check")).isEqualTo("DEEPLEARNING4J");
  }

  @ParameterizedTest(name = "{0} processors, OMP_NUM_THREADS={1}, threads({2}): {3}")
  @CsvSource({
    "1, '',    0, 1",
    "3, '',    0, 3",
    "1, 5,     0, 1",
    "6, 3,     0, 3",
    "6, '2,4', 0, 2",
    "1, '',    4, 4"
  })
  void asManyThreadsAsTheJvmMayUseUnlessToldOtherwise(
      int processors, String variable, int threads, int expected) throws Exception {
    List<String> lines =
        run(
            List.of("-XX:ActiveProcessorCount=" + processors),
            variable.isEmpty() ? Map.of() : Map.of("OMP_NUM_THREADS", variable),
            threads);
    assertThat(value(lines, "workers")).isEqualTo(Integer.toString(expected));
  }

  /** OpenMP's threads wait without spinning: far less than half a core, with 4 of them. */
  @Test
  void idleThreadsDoNotSpin() throws Exception {
    List<String> lines =
        OwnProcess.run(List.of(), List.of(), Map.of(), ServiceProgram.class, zip, 4, "idle");
    assertThat(Long.parseLong(value(lines, "ticks"))).isLessThan(50);
  }

  /** A quota of one core, as {@code docker run --cpus 1} sets it, though the host has more. */
  @Test
  void aContainersQuotaOfOneCoreIsOneThread() throws Exception {
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "this machine has one core only");
    Path group;
    try {
      group = quotaOfOneCore();
    } catch (IOException e) {
      assumeTrue(false, "no control group with a CPU quota can be made here: " + e);
      return;
    }
    try {
      String enterGroup = "echo $$ > " + group.resolve("cgroup.procs") + " && exec \"$@\"";
      List<String> lines =
          OwnProcess.run(
              List.of("sh", "-c", enterGroup, "sh"),
              List.of(),
              Map.of(),
              ServiceProgram.class,
              zip,
              0,
              "answer");
      assertThat(value(lines, "workers")).isEqualTo("1");
    } finally {
      Files.delete(group);
    }
  }

  /** A new control group, of version 1 or 2. */
  private static Path quotaOfOneCore() throws IOException {
    Path root = Path.of("/sys/fs/cgroup");
    boolean first = Files.isDirectory(root.resolve("cpu"));
    String name = "repvgg-test-" + ProcessHandle.current().pid();
    Path group = Files.createDirectory((first ? root.resolve("cpu") : root).resolve(name));
    try {
      if (first) {
        Files.writeString(group.resolve("cpu.cfs_period_us"), "100000");
        Files.writeString(group.resolve("cpu.cfs_quota_us"), "100000");
      } else {
        Files.writeString(group.resolve("cpu.max"), "100000 100000");
      }
      return group;
    } catch (IOException e) {
      Files.delete(group);
      throw e;
    }
  }
}
