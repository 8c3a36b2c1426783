package io.github.repvgg4j.runtime;

import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.onednn.Cpu;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.runtime.RuntimeOptions.WithoutVnni;
import io.github.repvgg4j.runtime.check.IntegerCheck;
import io.github.repvgg4j.runtime.check.IntegerReference;
import io.github.repvgg4j.runtime.check.SelfCheckReport;
import io.github.repvgg4j.runtime.graph.ConfigurationReader;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.plan.OneDnnEngine;
import io.github.repvgg4j.runtime.source.Parameters;
import io.github.repvgg4j.runtime.source.ZipSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What this CPU, or what is left of it, makes of INT8 zips: a line each. */
final class IntegerProgram {

  private static final RuntimeOptions INT8 =
      RuntimeOptions.of(Precision.INT8).selfCheck(SelfCheck.REFERENCE).threads(1);

  private IntegerProgram() {}

  public static void main(String[] files) throws IOException {
    System.out.println("saturates " + Cpu.saturates());
    for (String file : files) {
      System.out.println("loaded " + loaded(Path.of(file), INT8));
      System.out.println("otherwise " + loaded(Path.of(file), INT8.withoutVnni(WithoutVnni.FP32)));
      System.out.println("found " + found(Path.of(file)));
    }
  }

  private static String loaded(Path file, RuntimeOptions options) {
    try (FastNetwork network = FastNetwork.load(file, options)) {
      return network.description() + " " + network.selfCheck().orElseThrow();
    } catch (IOException | IllegalStateException e) {
      return e.getMessage();
    }
  }

  /** Whatever the weights' limit says. */
  private static SelfCheckReport found(Path file) throws IOException {
    try (SafeZip zip = ModelArchive.open(file)) {
      ZipSource source = new ZipSource(zip);
      FastGraph graph = ConfigurationReader.read(source.configuration());
      QuantizedNetwork integers = source.quantized().orElseThrow();
      try (Parameters parameters = source.parameters();
          Parameters again = source.parameters();
          OneDnnEngine engine =
              new OneDnnEngine(
                  graph, Optional.of(integers), parameters, Precision.INT8, 1, INT8.planning())) {
        IntegerReference reference = IntegerReference.read(graph, integers, again);
        return new IntegerCheck(reference, Long.MAX_VALUE).compare(source, engine);
      }
    }
  }
}
