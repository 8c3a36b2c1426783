package io.github.repvgg4j.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.proof.Certificate;
import io.github.repvgg4j.proof.Certificate.RegionProof;
import io.github.repvgg4j.proof.Certifier;
import io.github.repvgg4j.rewrite.FuseOptions;
import io.github.repvgg4j.rewrite.FusionResult;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.testkit.Golden;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How much the bounds of the reference networks say. */
class GoldenCertificatesTest {

  @ParameterizedTest
  @EnumSource(Golden.class)
  void provenBoundIsAtMostAThousandTimesWhatIsMeasured(Golden golden) throws Exception {
    Model network =
        WeightImport.network(WeightFiles.load(golden.weights()), GoldenSpecs.of(golden)).network();
    FusionResult fused = GraphFuser.fuse(network, FuseOptions.DEFAULT);
    Certificate certificate =
        new Certifier(network, fused, FuseOptions.DEFAULT)
            .measuredOn("test", golden.name(), golden.array("input.npy"));
    double proven = 0;
    double estimated = 0;
    for (RegionProof region : certificate.regions()) {
      double measured = region.measured().orElseThrow();
      proven = Math.max(proven, region.provenBound() / measured);
      estimated = Math.max(estimated, region.estimatedBound() / measured);
    }
    System.out.printf(
        "%s: %d regions, bound / measured at most: proven %.0f, estimated %.0f; output %.1e%n",
        golden,
        certificate.regions().size(),
        proven,
        estimated,
        certificate.outputDifference().orElseThrow());
    assertThat(certificate.verdict()).isEqualTo(Certificate.Verdict.WITHIN_BOUND);
    assertThat(proven).isLessThan(1000);
  }
}
