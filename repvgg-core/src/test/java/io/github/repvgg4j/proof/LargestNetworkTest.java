package io.github.repvgg4j.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.rewrite.FuseOptions;
import io.github.repvgg4j.rewrite.FusionResult;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.spec.RepVggVariant;
import io.github.repvgg4j.testkit.RandomStatistics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The largest published network without groups, in a heap of 4 GB ({@code -Dtest.heap=-Xmx4g}). */
@Tag("proof")
class LargestNetworkTest {

  @TempDir Path folder;

  @Test
  void repVggB3IsFusedAndCertified() throws IOException {
    ComputationGraph graph =
        RepVggGraphs.build(RepVggVariant.of("B3").spec(), GraphOptions.withSeed(1));
    RandomStatistics.fill(graph, 2);
    long start = System.nanoTime();
    FusionResult result = GraphFuser.fuse(graph, FuseOptions.DEFAULT);
    long fused = System.nanoTime();
    Certificate certificate =
        new Certifier(graph, result, FuseOptions.DEFAULT).withoutMeasuring("test");
    Path file = folder.resolve(Certificate.ENTRY);
    Files.write(file, CertificateJson.write(certificate));
    long written = System.nanoTime();
    System.out.printf(
        "RepVGG-B3, %d parameters: fused in %.1f s, certificate in %.1f s, together %.1f s;"
            + " peak heap %d MB, native %d MB, limit %d MB%n",
        graph.numParams(),
        (fused - start) / 1e9,
        (written - fused) / 1e9,
        (written - start) / 1e9,
        peakHeap() >> 20,
        Pointer.totalBytes() >> 20,
        Runtime.getRuntime().maxMemory() >> 20);
    assertThat(certificate.regions()).hasSize(28);
    assertThat(certificate.refused()).isEmpty();
  }

  private static long peakHeap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(pool -> pool.getPeakUsage().getUsed())
        .sum();
  }
}
