package io.github.repvgg4j.runtime;

import io.github.repvgg4j.accelerate.Accelerator;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.model.input.NetworkInput;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZip.LoadedModel;
import io.github.repvgg4j.onednn.Cpu;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
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
    this(options, Cpu::unavailable);
  }

  /** With another answer to whether oneDNN can be loaded, for tests. */
  FastNetworkLoader(RuntimeOptions options, Supplier<Optional<String>> oneDnnUnavailable) {
    this.options = options;
    this.oneDnnUnavailable = oneDnnUnavailable;
  }

  FastNetwork load(Path zip) throws IOException {
    FastGraph graph = readGraph(zip);
    Optional<String> unavailable = oneDnnUnavailable.get();
    if (unavailable.isPresent()) {
      return fallBack(graph, ModelZip.load(zip).network(), unavailable.get());
    }
    OneDnnEngine engine = engine(zip, graph);
    return checked(engine, graph, () -> checkAgainst(zip, engine, graph));
  }

  FastNetwork of(Model network, InputShape input) {
    try {
      String json = json(network);
      FastGraph graph = ConfigurationReader.read(json.getBytes(StandardCharsets.UTF_8));
      Optional<String> unavailable = oneDnnUnavailable.get();
      if (unavailable.isPresent()) {
        return fallBack(graph, network, unavailable.get());
      }
      ArrayParameters parameters = new ArrayParameters(network.params());
      requireAll(graph, parameters.length(), "network");
      OneDnnEngine engine = new OneDnnEngine(graph, parameters, options);
      return checked(engine, graph, () -> check(engine, graph, network, input));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private OneDnnEngine engine(Path zip, FastGraph graph) throws IOException {
    try (SafeZip open = ModelArchive.open(zip);
        ZipParameters parameters = ZipParameters.open(open)) {
      requireAll(graph, parameters.length(), zip.toString());
      return new OneDnnEngine(graph, parameters, options);
    }
  }

  /** A self-check. */
  @FunctionalInterface
  private interface Check {
    SelfCheckReport run() throws IOException;
  }

  private FastNetwork checked(OneDnnEngine engine, FastGraph graph, Check check)
      throws IOException {
    try {
      return network(
          engine,
          graph,
          options.selfCheck() == SelfCheck.SKIP ? Optional.empty() : Optional.of(check.run()));
    } catch (IOException | RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  private static FastGraph readGraph(Path zip) throws IOException {
    try (SafeZip open = ModelArchive.open(zip)) {
      return ConfigurationReader.read(open.read("configuration.json"));
    } catch (UnsupportedLayerException e) {
      throw new UnsupportedLayerException(zip.toString(), e);
    }
  }

  private static void requireAll(FastGraph graph, long length, String source) {
    long wanted = graph.layers().stream().mapToLong(FastLayer::parameterCount).sum();
    if (wanted != length) {
      throw new IllegalArgumentException(
          source + ": its layers take " + wanted + " parameters, it holds " + length);
    }
  }

  private SelfCheckReport checkAgainst(Path zip, OneDnnEngine engine, FastGraph graph)
      throws IOException {
    LoadedModel model = ModelZip.load(zip);
    Model network = model.network();
    NetworkInput input = NetworkInput.of(network, model.metadata().spec().map(RepVggSpec::input));
    SelfCheckReport report = check(engine, graph, network, input.shape());
    network.params().close();
    return report;
  }

  private SelfCheckReport check(
      OneDnnEngine engine, FastGraph graph, Model network, InputShape input) {
    int side = graph.isOfOneSize() ? Integer.MAX_VALUE : PROBE_SIDE;
    InputShape probe =
        new InputShape(
            input.channels(), Math.min(input.height(), side), Math.min(input.width(), side));
    SelfCheckReport report = Dl4jComparison.run(engine, network, probe, options.precision());
    if (!report.passed()) {
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

  private static String json(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.getConfiguration().toJson()
        : ((MultiLayerNetwork) network).getLayerWiseConfigurations().toJson();
  }

  private static FastNetwork fallBack(FastGraph graph, Model network, String reason) {
    Accelerator.enable(network);
    Dl4jEngine engine = new Dl4jEngine(network, reason);
    LOG.warn("Running in {}", engine.description());
    return network(engine, graph, Optional.empty());
  }

  private static FastNetwork network(
      InferenceEngine engine, FastGraph graph, Optional<SelfCheckReport> report) {
    return new FastNetwork(engine, graph.channels(), graph.head(), report);
  }
}
