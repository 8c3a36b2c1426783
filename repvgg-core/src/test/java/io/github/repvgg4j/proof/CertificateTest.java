package io.github.repvgg4j.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.rewrite.FuseOptions;
import io.github.repvgg4j.rewrite.FusionResult;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.RandomStatistics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class CertificateTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 2, 2, 1), List.of(16, 16, 24, 32, 48), 5, InputShape.square(32));

  @TempDir Path folder;

  private final ComputationGraph original = network(3);
  private final FusionResult result = GraphFuser.fuse(original);
  private final INDArray images = Certifier.standardNormal(1, DataType.FLOAT, 2, 3, 32, 32);

  private static ComputationGraph network(long seed) {
    ComputationGraph graph = RepVggGraphs.build(SPEC, GraphOptions.withSeed(seed));
    RandomStatistics.fill(graph, seed + 1);
    return graph;
  }

  private Certificate certificate() {
    return new Certifier(original, result, FuseOptions.DEFAULT)
        .measuredOn("test", "standard normal, seed 1", images);
  }

  @Test
  void everyMeasuredDifferenceIsWithinItsBoundAndTheBoundSaysSomething() {
    Certificate certificate = certificate();
    assertThat(certificate.verdict()).isEqualTo(Certificate.Verdict.WITHIN_BOUND);
    assertThat(certificate.regions()).hasSize(7);
    for (Certificate.RegionProof region : certificate.regions()) {
      double measured = region.measured().orElseThrow();
      System.out.printf(
          "%s measured %.2e estimated %.2e (x%.0f) proven %.2e (x%.0f)%n",
          region.name(),
          measured,
          region.estimatedBound(),
          region.estimatedBound() / measured,
          region.provenBound(),
          region.looseness().orElseThrow());
      assertThat(measured).isPositive().isLessThan(region.estimatedBound());
      assertThat(region.estimatedBound()).isLessThanOrEqualTo(region.provenBound());
      assertThat(region.looseness().orElseThrow()).isLessThan(1000);
    }
    assertThat(certificate.outputDifference().orElseThrow()).isLessThan(1e-5);
  }

  @Test
  void boundGrowsWithTheScaleOfTheRegion() {
    double before = boundOf(original);
    original.getLayer("stage2.block0.dense.bn").getParam("gamma").muli(1e6);
    assertThat(boundOf(original)).isGreaterThan(1e5 * before);
  }

  private static double boundOf(ComputationGraph graph) {
    Certificate certificate =
        new Certifier(graph, GraphFuser.fuse(graph), FuseOptions.DEFAULT).withoutMeasuring("test");
    return certificate.regions().stream()
        .filter(r -> r.name().equals("stage2.block0"))
        .mapToDouble(Certificate.RegionProof::provenBound)
        .sum();
  }

  @Test
  void certificateSurvivesItsJsonAndAnAlteredOneIsKnown() throws IOException {
    Certificate certificate = certificate();
    byte[] json = CertificateJson.write(certificate);
    assertThat(CertificateJson.read(json)).isEqualTo(certificate);
    String altered =
        new String(json, StandardCharsets.UTF_8)
            .replaceFirst("\"provenBound\" : \\d", "\"provenBound\" : 9");
    assertThatThrownBy(() -> CertificateJson.read(altered.getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("altered after it was written");
    assertThatThrownBy(() -> CertificateJson.read(new byte[] {'{'}))
        .hasMessageContaining("damaged");
  }

  @Test
  void optionsOfTheFusingAreKept() throws IOException {
    FuseOptions options =
        FuseOptions.DEFAULT
            .portable()
            .withMaxCost(2.5)
            .withInputTypes(InputType.convolutional(32, 31, 3));
    Certificate certificate =
        new Certifier(original, GraphFuser.fuse(original, options.strict()), options.strict())
            .withoutMeasuring("test");
    Certificate read = CertificateJson.read(CertificateJson.write(certificate));
    assertThat(read.options()).isEqualTo(options);
    assertThat(new CertificateCheck(read).againstOriginal(original)).isEmpty();
  }

  @Test
  void zipReadBackIsAsCertifiedAndEqualsItsOriginalFusedAgain() throws IOException {
    Path training = folder.resolve("model.zip");
    ModelZipWriter.of(original, ModelMetadata.of(Form.TRAINING, SPEC)).write(training);
    Path fast = write(training);
    CertificateCheck check = check(fast);
    assertThat(check.againstFused(ModelZip.load(fast).network())).isEmpty();
    Model kept = TrainingForm.load(fast).orElseThrow().network();
    assertThat(check.againstOriginal(kept)).isEmpty();
  }

  @Test
  void oneAlteredWeightOfAKernelOrOfAnotherLayerIsFound() throws IOException {
    Certificate certificate = certificate();
    MultiLayerNetwork fused = (MultiLayerNetwork) result.network();
    INDArray weights = fused.getLayer("stage2.block1").getParam("W");
    float before = weights.getFloat(0, 0, 0, 0);
    weights.putScalar(new int[] {0, 0, 0, 0}, Math.nextUp(before));
    CertificateCheck check = new CertificateCheck(certificate);
    assertThat(check.againstFused(fused))
        .containsExactly("stage2.block1: its kernel was altered after it was certified");
    weights.putScalar(new int[] {0, 0, 0, 0}, before);
    assertThat(check.againstFused(fused)).isEmpty();
    fused.getLayer("head.linear").getParam("b").putScalar(0, 7);
    assertThat(check.againstFused(fused)).singleElement().asString().startsWith("network:");
  }

  @Test
  void swappedTrainingFormIsFound() throws IOException {
    List<String> faults = new CertificateCheck(certificate()).againstOriginal(network(99));
    assertThat(faults.get(0)).contains("is not the network that was fused");
    assertThat(faults).anyMatch(f -> f.startsWith("stage1.block0: ") && f.contains("another"));
  }

  @Test
  void trainingFormComesBackBitForBit() throws IOException {
    Path training = folder.resolve("model.zip");
    ModelZipWriter.of(original, ModelMetadata.of(Form.TRAINING, SPEC))
        .withUpdaterState()
        .write(training);
    Path restored = folder.resolve("restored.zip");
    TrainingForm.restore(write(training), restored);
    assertThat(Files.readAllBytes(restored)).isEqualTo(Files.readAllBytes(training));
    assertThat(ModelHash.of(ModelZip.load(restored).network().params()))
        .isEqualTo(ModelHash.of(original.params()));
    Path without = folder.resolve("plain.zip");
    ModelZipWriter.of(result.network(), ModelMetadata.unknown(Form.FAST)).write(without);
    assertThatThrownBy(() -> TrainingForm.restore(without, folder.resolve("x.zip")))
        .hasMessageContaining("has no training form");
  }

  private Path write(Path training) throws IOException {
    Path fast = folder.resolve("fast.zip");
    ModelZipWriter writer =
        ModelZipWriter.of(result.network(), ModelMetadata.of(Form.FAST, SPEC))
            .withEntry(Certificate.ENTRY, CertificateJson.write(certificate()));
    TrainingForm.keep(writer, training).write(fast);
    return fast;
  }

  private static CertificateCheck check(Path fast) throws IOException {
    try (var zip = ModelArchive.open(fast)) {
      return new CertificateCheck(CertificateJson.read(zip.read(Certificate.ENTRY)));
    }
  }
}
