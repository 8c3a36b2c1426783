package io.github.repvgg4j.deploy.runtime;

import io.github.repvgg4j.archive.ModelZip;
import io.github.repvgg4j.archive.ModelZip.LoadedModel;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.backend.Accelerator;
import io.github.repvgg4j.deploy.runtime.FastLayer.Convolution;
import io.github.repvgg4j.deploy.runtime.FastLayer.Dense;
import io.github.repvgg4j.deploy.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.model.InputShape;
import io.github.repvgg4j.model.RepVggSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a {@link FastNetwork} together. */
final class FastNetworkLoader {

  private static final Logger LOG = LoggerFactory.getLogger(FastNetwork.class);

  /** Large enough to reach every kernel, small enough for stock Deeplearning4j. */
  private static final int PROBE_SIDE = 96;

  private final RuntimeOptions options;
  private final Supplier<Optional<String>> oneDnnUnavailable;

  FastNetworkLoader(RuntimeOptions options) {
    this(options, OneDnn::unavailable);
  }

  /** With another answer to whether oneDNN can be loaded, for tests. */
  FastNetworkLoader(RuntimeOptions options, Supplier<Optional<String>> oneDnnUnavailable) {
    this.options = options;
    this.oneDnnUnavailable = oneDnnUnavailable;
  }

  FastNetwork load(Path zip) throws IOException {
    List<FastLayer> layers = readLayers(zip);
    Optional<String> unavailable = oneDnnUnavailable.get();
    if (unavailable.isPresent()) {
      return fallBack(layers, networkOf(ModelZip.load(zip), zip), unavailable.get());
    }
    OneDnnEngine engine;
    try (SafeZip open = ModelZip.open(zip);
        ZipParameters parameters = ZipParameters.open(open)) {
      requireAll(layers, parameters.length(), zip.toString());
      engine = new OneDnnEngine(layers, parameters, options);
    }
    return options.selfCheck() == SelfCheck.SKIP
        ? network(engine, layers, Optional.empty())
        : network(engine, layers, Optional.of(checkAgainst(zip, engine, layers)));
  }

  FastNetwork of(MultiLayerNetwork network, InputShape input) {
    try {
      String json = network.getLayerWiseConfigurations().toJson();
      List<FastLayer> layers = ConfigurationReader.read(json.getBytes(StandardCharsets.UTF_8));
      Optional<String> unavailable = oneDnnUnavailable.get();
      if (unavailable.isPresent()) {
        return fallBack(layers, network, unavailable.get());
      }
      ArrayParameters parameters = new ArrayParameters(network.params());
      requireAll(layers, parameters.length(), "network");
      OneDnnEngine engine = new OneDnnEngine(layers, parameters, options);
      return options.selfCheck() == SelfCheck.SKIP
          ? network(engine, layers, Optional.empty())
          : network(engine, layers, Optional.of(check(engine, network, input)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<FastLayer> readLayers(Path zip) throws IOException {
    try (SafeZip open = ModelZip.open(zip)) {
      return ConfigurationReader.read(open.read("configuration.json"));
    } catch (UnsupportedLayerException e) {
      throw new UnsupportedLayerException(zip.toString(), e);
    }
  }

  private static void requireAll(List<FastLayer> layers, long length, String source) {
    long wanted = layers.stream().mapToLong(FastLayer::parameterCount).sum();
    if (wanted != length) {
      throw new IllegalArgumentException(
          source + ": its layers take " + wanted + " parameters, it holds " + length);
    }
  }

  private SelfCheckReport checkAgainst(Path zip, OneDnnEngine engine, List<FastLayer> layers)
      throws IOException {
    LoadedModel model = ModelZip.load(zip);
    MultiLayerNetwork network = networkOf(model, zip);
    InputShape probe =
        model
            .metadata()
            .spec()
            .map(RepVggSpec::input)
            .orElse(new InputShape(channels(layers), PROBE_SIDE, PROBE_SIDE));
    SelfCheckReport report = check(engine, network, probe);
    network.params().close();
    return report;
  }

  private SelfCheckReport check(OneDnnEngine engine, MultiLayerNetwork network, InputShape input) {
    InputShape probe =
        new InputShape(
            input.channels(),
            Math.min(input.height(), PROBE_SIDE),
            Math.min(input.width(), PROBE_SIDE));
    SelfCheckReport report = Dl4jComparison.run(engine, network, probe, options.precision());
    if (!report.passed()) {
      engine.close();
      throw new IllegalStateException(
          "self-check failed: "
              + engine.description()
              + " "
              + report
              + "; use FP32, or run this network with Deeplearning4j (--engine dl4j)");
    }
    LOG.info("{}: {}", engine.description(), report);
    return report;
  }

  private static MultiLayerNetwork networkOf(LoadedModel model, Path zip) {
    if (model.network() instanceof MultiLayerNetwork network) {
      return network;
    }
    throw new IllegalArgumentException(zip + ": a training zip; convert it to a fast zip first");
  }

  private static FastNetwork fallBack(
      List<FastLayer> layers, MultiLayerNetwork network, String reason) {
    Accelerator.enable(network);
    Dl4jEngine engine = new Dl4jEngine(network, reason);
    LOG.warn("Running in {}", engine.description());
    return network(engine, layers, Optional.empty());
  }

  private static FastNetwork network(
      InferenceEngine engine, List<FastLayer> layers, Optional<SelfCheckReport> report) {
    Dense last = (Dense) layers.get(layers.size() - 1);
    return new FastNetwork(engine, channels(layers), last, report);
  }

  private static int channels(List<FastLayer> layers) {
    return ((Convolution) layers.get(0)).in();
  }
}
