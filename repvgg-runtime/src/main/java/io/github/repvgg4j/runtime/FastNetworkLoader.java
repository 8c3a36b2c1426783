package io.github.repvgg4j.runtime;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Cpu;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.runtime.RuntimeOptions.WithoutVnni;
import io.github.repvgg4j.runtime.check.Expectation;
import io.github.repvgg4j.runtime.check.IntegerCheck;
import io.github.repvgg4j.runtime.check.IntegerReference;
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
    Optional<QuantizedNetwork> integers = integers(source);
    if (integers.isPresent() && !isExact(source.name(), integers.get())) {
      return new FastNetworkLoader(options.precision(Precision.FP32)).load(source);
    }
    OneDnnEngine engine = engine(source, graph, integers);
    try {
      return new LoadedNetwork(engine, graph, check(source, graph, engine, integers));
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

  /** Of a network that is to run in them. */
  private Optional<QuantizedNetwork> integers(NetworkSource source) throws IOException {
    if (options.precision() != Precision.INT8) {
      return Optional.empty();
    }
    Optional<QuantizedNetwork> integers = source.quantized();
    if (integers.isEmpty()) {
      throw new ArchiveException(
          source.name()
              + ": has no integers to run in INT8; make them with repvgg-deploy quantize, or run"
              + " it in FP32");
    }
    return integers;
  }

  /**
   * Whether this CPU computes these weights exactly; false where it does not and the network is to
   * run in FP32 then.
   */
  private boolean isExact(String name, QuantizedNetwork integers) {
    if (integers.weightLimit() != QuantizedNetwork.FULL_RANGE || !Cpu.saturates()) {
      return true;
    }
    String fault =
        name
            + ": its INT8 weights reach ±"
            + QuantizedNetwork.FULL_RANGE
            + ", whose sums this CPU, without VNNI, would cut off";
    if (options.withoutVnni() == WithoutVnni.REFUSE) {
      throw new IllegalStateException(
          fault
              + "; quantize it with --portable, which is exact on every CPU, or run it in FP32"
              + " (--without-vnni fp32)");
    }
    LOG.warn("{}; it runs in FP32", fault);
    return false;
  }

  private OneDnnEngine engine(
      NetworkSource source, FastGraph graph, Optional<QuantizedNetwork> integers)
      throws IOException {
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
      OneDnnEngine engine =
          new OneDnnEngine(
              graph,
              integers,
              parameters,
              options.precision(),
              options.threads(),
              options.planning());
      if (options.ownThreads()) {
        engine.useOwnThreads();
      }
      return engine;
    }
  }

  private Optional<SelfCheckReport> check(
      NetworkSource source,
      FastGraph graph,
      OneDnnEngine engine,
      Optional<QuantizedNetwork> integers)
      throws IOException {
    if (options.selfCheck() == SelfCheck.SKIP) {
      return Optional.empty();
    }
    SelfCheckReport report =
        integers.isPresent()
            ? compareIntegers(source, graph, engine, integers.get())
            : compare(source, graph, engine);
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

  private SelfCheckReport compare(NetworkSource source, FastGraph graph, OneDnnEngine engine)
      throws IOException {
    Expectation expected =
        options.selfCheck() == SelfCheck.REFERENCE
            ? Expectation.computed(source, graph)
            : Expectation.recorded(source, graph);
    return expected.compare(engine, options.precision());
  }

  private SelfCheckReport compareIntegers(
      NetworkSource source, FastGraph graph, OneDnnEngine engine, QuantizedNetwork integers)
      throws IOException {
    IntegerReference reference;
    try (Parameters parameters = source.parameters()) {
      reference = IntegerReference.read(graph, integers, parameters);
    }
    long macs =
        options.selfCheck() == SelfCheck.REFERENCE ? Long.MAX_VALUE : IntegerCheck.QUICK_MACS;
    SelfCheckReport report = new IntegerCheck(reference, macs).compare(source, engine);
    engine.forgetPlans(); // they give out more than a service asks for
    return report;
  }
}
