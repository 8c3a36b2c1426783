package io.github.repvgg4j.runtime;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Cpu;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.runtime.check.Expectation;
import io.github.repvgg4j.runtime.check.SelfCheckReport;
import io.github.repvgg4j.runtime.graph.ConfigurationReader;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.graph.UnsupportedLayerException;
import io.github.repvgg4j.runtime.plan.OneDnnEngine;
import io.github.repvgg4j.runtime.source.NetworkSource;
import io.github.repvgg4j.runtime.source.Parameters;
import io.github.repvgg4j.runtime.source.ZipSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a network, gives it an engine, and checks what that computes. */
final class FastNetworkLoader {

  private static final Logger LOG = LoggerFactory.getLogger(FastNetworkLoader.class);

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

  LoadedNetwork load(Path file) throws IOException {
    try (SafeZip zip = ModelArchive.open(file)) {
      return load(new ZipSource(zip));
    } catch (UnsupportedLayerException e) {
      throw new UnsupportedLayerException(file.toString(), e);
    }
  }

  LoadedNetwork load(NetworkSource source) throws IOException {
    FastGraph graph = graph(source);
    Optional<String> unavailable = oneDnnUnavailable.get();
    if (unavailable.isPresent()) {
      throw new OneDnnUnavailableException(unavailable.get());
    }
    OneDnnEngine engine = engine(source, graph);
    try {
      return new LoadedNetwork(engine, graph, check(source, graph, engine));
    } catch (IOException | RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  private static FastGraph graph(NetworkSource source) throws IOException {
    byte[] configuration = source.configuration();
    try {
      return ConfigurationReader.read(configuration);
    } catch (IOException e) {
      throw new ArchiveException(
          source.name() + ": " + ModelArchive.CONFIGURATION + ": " + e.getMessage(), e);
    }
  }

  private OneDnnEngine engine(NetworkSource source, FastGraph graph) throws IOException {
    try (Parameters parameters = source.parameters()) {
      long wanted = graph.layers().stream().mapToLong(FastLayer::parameterCount).sum();
      if (wanted != parameters.length()) {
        throw new ArchiveException(
            source.name()
                + ": its layers take "
                + wanted
                + " parameters, it holds "
                + parameters.length());
      }
      return new OneDnnEngine(
          graph, parameters, options.precision(), options.threads(), options.planning());
    }
  }

  private Optional<SelfCheckReport> check(
      NetworkSource source, FastGraph graph, OneDnnEngine engine) throws IOException {
    if (options.selfCheck() == SelfCheck.SKIP) {
      return Optional.empty();
    }
    Expectation expected =
        options.selfCheck() == SelfCheck.REFERENCE
            ? Expectation.computed(source, graph)
            : Expectation.recorded(source, graph);
    SelfCheckReport report = expected.compare(engine, options.precision());
    if (options.planning().convolutions() == Convolutions.FASTEST) {
      engine.forgetPlans(); // of kernels that the service may not choose
    }
    if (!report.passed()) {
      throw new IllegalStateException(
          source.name()
              + ": self-check failed: "
              + engine.description()
              + " "
              + report
              + (options.precision() == Precision.FP32 ? "; " : "; use FP32, or ")
              + UnsupportedLayerException.USE_DL4J);
    }
    LOG.info("{}: {}: {}", source.name(), engine.description(), report);
    return Optional.of(report);
  }
}
