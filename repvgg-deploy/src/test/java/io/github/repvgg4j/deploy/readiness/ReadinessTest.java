package io.github.repvgg4j.deploy.readiness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.deploy.Models;
import io.github.repvgg4j.deploy.quantize.TestChains;
import io.github.repvgg4j.deploy.quantize.scale.CalibrationSet;
import io.github.repvgg4j.deploy.quantize.scheme.Parts;
import io.github.repvgg4j.deploy.quantize.scheme.Quantiser;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.weight.ChannelStress;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.spec.BlockNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadinessTest {

  @TempDir Path folder;

  private static Readiness of(FloatNetwork network) {
    return Readiness.of("network", network);
  }

  @Test
  void bothFormsOfANetworkSayTheSame() throws IOException {
    Path fast = Models.fastZip(folder);
    Readiness a = Readiness.of(fast);
    Readiness b = Readiness.of(folder.resolve("model.zip"));
    assertThat(a.form()).isEqualTo("fast");
    assertThat(b.form()).isEqualTo("training");
    assertThat(a.naiveDb()).isCloseTo(b.naiveDb(), within(0.01));
    assertThat(a.layers()).hasSize(7);
    for (int i = 0; i < a.layers().size(); i++) {
      assertThat(a.layers().get(i).layer()).isEqualTo(b.layers().get(i).layer());
      assertThat(a.layers().get(i).perTensorDb())
          .isCloseTo(b.layers().get(i).perTensorDb(), within(0.01));
      assertThat(a.layers().get(i).identityScale()).isNull();
    }
  }

  /** Channels of NaN are not dead ones, which have nothing to lose. */
  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void networksThatHoldNoNumbersAreRefused(float number) throws IOException {
    ComputationGraph graph = Models.training();
    graph.getLayer(BlockNames.LINEAR).getParam("b").putScalar(1, number);
    Path zip = folder.resolve("damaged.zip");
    ModelZipWriter.of(graph, ModelMetadata.of(Form.TRAINING, Models.SPEC)).write(zip);
    assertThatThrownBy(() -> Readiness.of(zip))
        .hasMessage(
            zip
                + ": layer head.linear holds NaN or infinity: its training diverged, or it is"
                + " damaged");
  }

  @Test
  void theIdentityBranchIsNamedWhereThereIsOne() throws IOException {
    Readiness readiness = Readiness.of(Models.trainingZip(folder.resolve("model.zip")));
    String block = BlockNames.block(2, 1);
    ComputationGraph graph = Models.training();
    var batchNorm = graph.getLayer(BlockNames.identityBn(block));
    double eps = ((BatchNormalization) batchNorm.conf().getLayer()).getEps();
    double largest = 0;
    for (int c = 0; c < Models.SPEC.widths().get(2); c++) {
      double scale =
          batchNorm.getParam("gamma").getDouble(c)
              / Math.sqrt(batchNorm.getParam("var").getDouble(c) + eps);
      largest = Math.max(largest, Math.abs(scale));
    }
    for (LayerReadiness layer : readiness.layers()) {
      if (layer.layer().equals(block)) {
        assertThat(layer.identityScale()).isCloseTo(largest, within(1e-6));
        assertThat(layer.centreShare()).isBetween(0.0, 1.0);
      } else if (layer.layer().equals(BlockNames.block(0, 0))) {
        assertThat(layer.identityScale()).isNull();
        assertThat(layer.centreShare()).isNull();
      }
    }
  }

  @Test
  void centreTapsThatRuleAreCounted() {
    Readiness readiness = of(TestChains.deep(1));
    LayerReadiness identity = readiness.layers().get(5);
    assertThat(identity.centreShare()).isEqualTo(1);
    assertThat(identity.maxOverStd()).isGreaterThan(readiness.layers().get(1).maxOverStd());
    assertThat(identity.perChannelDb()).isLessThan(readiness.layers().get(1).perChannelDb());
    assertThat(identity.perChannelDb()).isGreaterThanOrEqualTo(identity.perTensorDb());
  }

  /** The score needs no image, and tells what the naive scheme does to images. */
  @Test
  void theScoreRanksNetworksAsTheirNaiveNoiseDoes() {
    CalibrationSet images = TestChains.images(32, 4);
    List<double[]> scored = new ArrayList<>();
    for (double sigma : new double[] {0, 0.5, 1.5}) {
      FloatNetwork network = ChannelStress.of(TestChains.deep(1), sigma, 3);
      double measured =
          new Quantiser(network, images, Parts.of(network, Set.of()))
              .by(Scheme.NAIVE)
              .logitSqnrDb();
      scored.add(new double[] {of(network).naiveDb(), measured});
    }
    for (int i = 1; i < scored.size(); i++) {
      assertThat(scored.get(i)[0]).isLessThan(scored.get(i - 1)[0] - 1);
      assertThat(scored.get(i)[1]).isLessThan(scored.get(i - 1)[1]);
    }
  }

  @Test
  void theVerdictFollowsTheScore() {
    assertThat(Readiness.Verdict.of(Readiness.READY_DB)).isEqualTo(Readiness.Verdict.READY);
    assertThat(Readiness.Verdict.of(Readiness.READY_DB - 0.1))
        .isEqualTo(Readiness.Verdict.NEEDS_THE_SCHEME);
    assertThat(Readiness.Verdict.of(Readiness.RISK_DB - 0.1)).isEqualTo(Readiness.Verdict.AT_RISK);
  }

  @Test
  void branchThatHoldsNoNumbersIsNamedWithItsReason() throws IOException {
    ComputationGraph graph = Models.training();
    graph.getLayer("stage1.block0.dense.conv").getParam("W").putScalar(0, Float.NaN);
    Path zip = folder.resolve("diverged.zip");
    ModelZipWriter.of(graph, ModelMetadata.of(Form.TRAINING, Models.SPEC)).write(zip);
    assertThatThrownBy(() -> Readiness.of(zip))
        .hasMessageStartingWith(zip + ": stage1.block0")
        .hasMessageContaining(" cannot be fused: ")
        .hasMessageContaining("not finite");
  }
}
