package io.github.repvgg4j.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.quickstart.device.DeviceExecutioner;
import io.github.repvgg4j.quickstart.device.HostAndDevice;
import io.github.repvgg4j.quickstart.device.TwoCopiesFactory;
import io.github.repvgg4j.quickstart.device.Workflow;
import io.github.repvgg4j.testkit.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The host's and the device's copy of an array are kept alike. Both processes take a CUDA build's
 * ways and compute on the CPU; in one of them alone every array has two copies, of which a place
 * that forgets to synchronise or to mark sees the wrong one.
 */
class DeviceMemoryTest {

  @TempDir Path temp;

  @Test
  void everyCommandAnswersWithTwoCopiesWhatItAnswersWithOne() throws Exception {
    Map<String, String> one = answers(process(), "one");
    Map<String, String> two =
        answers(
            process()
                .option("-Ddatabufferfactory=" + TwoCopiesFactory.class.getName())
                .option("-Daffinitymanager=" + HostAndDevice.class.getName()),
            "two");
    assertThat(two).containsEntry("cudnn.txt", "not used");
    assertThat(two.keySet()).isEqualTo(one.keySet()).hasSizeGreaterThan(15);
    one.forEach((what, answer) -> assertThat(two.get(what)).as(what).isEqualTo(answer));
  }

  private static JavaProcess process() {
    return JavaProcess.of(Workflow.class)
        .option("-Dopexec=" + DeviceExecutioner.class.getName())
        .environment("OMP_NUM_THREADS", "1");
  }

  /** What each command said, and the figures of both runs; without times. */
  private Map<String, String> answers(JavaProcess process, String name) throws Exception {
    Path folder = Files.createDirectories(temp.resolve(name));
    JavaProcess.Result result = process.in(folder).run();
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    Map<String, String> answers = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder.resolve("answers"))) {
      for (Path file : files.toList()) {
        String text =
            new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
        answers.put(file.getFileName().toString(), text.replaceAll("ms an image.*", ""));
      }
    }
    for (String run : new String[] {"run", "tuned"}) {
      JsonNode figures = new ObjectMapper().readTree(folder.resolve(run + "/result.json").toFile());
      for (String figure : new String[] {"top1", "top1Averaged", "parametersSha256"}) {
        answers.put(run + " " + figure, figures.path(figure).asText());
      }
    }
    return answers;
  }
}
