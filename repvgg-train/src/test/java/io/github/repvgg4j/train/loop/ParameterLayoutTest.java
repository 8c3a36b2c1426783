package io.github.repvgg4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.loop.ParameterLayout.Segment;
import io.github.repvgg4j.train.loop.ParameterLayout.Treatment;
import io.github.repvgg4j.train.optim.Kernel;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What of a network is decayed and what Muon takes for kernels. */
class ParameterLayoutTest {

  private static ParameterLayout layout(String more) {
    String job =
        "model: {depths: [1, 2, 1, 1], widths: [16, 16, 16, 16, 16], input: [3, 32, 32], "
            + more
            + "}\ndata: {path: images}\noutput: {folder: run}\n";
    return ParameterLayout.of(
        RepVggGraphs.build(ConfigFiles.parse("job.yaml", job).spec(3), GraphOptions.withSeed(1)));
  }

  /** As the reference's set_weight_decay has it: no bias, whatever its layer. */
  @Test
  void noBiasIsDecayed() {
    Set<String> decayed =
        layout("squeezeExcitation: true").segments().stream()
            .filter(segment -> segment.treatment() == Treatment.DECAYED)
            .map(Segment::key)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(decayed).containsExactly("W", "downW", "gamma", "upW");
  }

  @Test
  void factorsOfChannelsAreNoKernels() {
    for (Kernel kernel : layout("block: repopt-search").kernels(segment -> true)) {
      assertThat(kernel.columns()).isGreaterThan(1);
    }
    assertThat(layout("block: repopt-search").kernels(segment -> true)).isNotEmpty();
  }
}
