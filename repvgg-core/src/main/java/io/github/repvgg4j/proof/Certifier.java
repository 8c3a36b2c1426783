package io.github.repvgg4j.proof;

import io.github.repvgg4j.network.Activations;
import io.github.repvgg4j.proof.Certificate.Inputs;
import io.github.repvgg4j.proof.Certificate.RegionProof;
import io.github.repvgg4j.rewrite.FuseOptions;
import io.github.repvgg4j.rewrite.FusionResult;
import io.github.repvgg4j.rewrite.RegionOutcome;
import io.github.repvgg4j.rewrite.bounds.RoundingBounds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Writes certificates. */
public final class Certifier {

  private final Model original;
  private final FusionResult result;
  private final FuseOptions options;

  /**
   * @param original the network before fusing
   * @param result what became of it
   * @param options those that it was fused with
   */
  public Certifier(Model original, FusionResult result, FuseOptions options) {
    this.original = original;
    this.result = result;
    this.options = options;
  }

  /** Bounds for region inputs within 1; nothing is measured. */
  public Certificate withoutMeasuring(String engineVersion) {
    return certificate(engineVersion, Optional.empty(), Map.of(), new INDArray[0]);
  }

  /**
   * Bounds for the range that the inputs span, and what is measured on them.
   *
   * @param origin where the inputs come from
   * @param inputs one for each network input; {@code [N, C, H, W]} on images
   */
  public Certificate measuredOn(String engineVersion, String origin, INDArray... inputs) {
    Inputs described =
        new Inputs(ModelHash.of(inputs), Arrays.stream(inputs[0].shape()).boxed().toList(), origin);
    return certificate(
        engineVersion, Optional.of(described), Activations.of(original, inputs), inputs);
  }

  /**
   * Standard normal numbers that every run draws alike: {@code origin} "standard normal, seed s".
   */
  public static INDArray standardNormal(long seed, DataType type, long... shape) {
    java.util.Random random = new java.util.Random(seed);
    INDArray values = Nd4j.createUninitialized(type, shape);
    for (long i = 0; i < values.length(); i++) {
      values.putScalar(i, random.nextGaussian());
    }
    return values;
  }

  private Certificate certificate(
      String version, Optional<Inputs> inputs, Map<String, INDArray> tensors, INDArray[] arrays) {
    RoundingBounds bounds = new RoundingBounds(original, options);
    Map<String, RoundingBounds.Bound> byName = bounds.of(result, tensors);
    List<RegionProof> proofs = new ArrayList<>();
    for (RegionOutcome.Fused fused : result.fused()) {
      proofs.add(proof(fused, byName.get(fused.name()), tensors));
    }
    return new Certificate(
        version,
        ModelHash.of(original),
        ModelHash.of(result.network()),
        new FuseOptions(
            FuseOptions.Unfused.REPORT, options.grouped(), options.maxCost(), options.inputTypes()),
        inputs,
        proofs,
        result.refused().stream().map(RegionOutcome::text).toList(),
        inputs.map(i -> outputDifference(arrays, tensors)),
        Optional.empty());
  }

  private RegionProof proof(
      RegionOutcome.Fused fused, RoundingBounds.Bound bound, Map<String, INDArray> tensors) {
    Layer layer = layer(result.network(), fused.name());
    return new RegionProof(
        fused.name(),
        fused.members(),
        fused.laws().stream().map(Enum::name).toList(),
        ModelHash.of(layer.paramTable()),
        bound.proven(),
        bound.estimated(),
        tensors.isEmpty() ? Optional.empty() : Optional.of(measured(fused.name(), layer, tensors)));
  }

  /** The region alone: both forms are given the tensor that the original network has there. */
  private double measured(String name, Layer layer, Map<String, INDArray> tensors) {
    FusionResult.Span span = result.sources().get(name);
    INDArray input = tensors.get(span.from()).dup();
    if (span.preprocessor() != null) {
      input =
          span.preprocessor()
              .preProcess(input, (int) input.size(0), LayerWorkspaceMgr.noWorkspaces());
    }
    INDArray output = layer.activate(input, false, LayerWorkspaceMgr.noWorkspaces());
    layer.clear();
    return difference(output, span.expected(tensors).orElseThrow());
  }

  private double outputDifference(INDArray[] inputs, Map<String, INDArray> tensors) {
    List<INDArray> actual = Activations.outputs(result.network(), inputs);
    List<INDArray> expected = Activations.outputsOf(original, tensors);
    double largest = 0;
    for (int i = 0; i < actual.size(); i++) {
      largest = Math.max(largest, difference(actual.get(i), expected.get(i)));
    }
    return largest;
  }

  private static double difference(INDArray a, INDArray b) {
    return a.castTo(DataType.DOUBLE).sub(b.castTo(DataType.DOUBLE)).amaxNumber().doubleValue();
  }

  static Layer layer(Model model, String name) {
    return model instanceof ComputationGraph graph
        ? graph.getLayer(name)
        : ((MultiLayerNetwork) model).getLayer(name);
  }
}
