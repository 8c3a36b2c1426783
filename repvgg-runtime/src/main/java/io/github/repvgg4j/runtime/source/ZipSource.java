package io.github.repvgg4j.runtime.source;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.NumberEntry;
import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.archive.ProbeJson;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.QuantizedEntries;
import io.github.repvgg4j.archive.quantized.QuantizedModel;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.runtime.graph.ConfigurationReader;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.QuantizedFit;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Optional;

/** A fast zip, open; whoever opened it closes it. */
public record ZipSource(SafeZip zip) implements NetworkSource {

  @Override
  public String name() {
    return zip.path().toString();
  }

  @Override
  public byte[] configuration() throws IOException {
    return zip.read(ModelArchive.CONFIGURATION);
  }

  @Override
  public Parameters parameters() throws IOException {
    if (QuantizedEntries.isLean(zip)) {
      return LeanParameters.open(zip);
    }
    NumberEntry entry = NumberEntry.open(zip, ModelArchive.COEFFICIENTS);
    if (entry.type() != NumberEntry.Type.FLOAT) {
      entry.close();
      throw zip.fault(
          ModelArchive.COEFFICIENTS
              + " holds "
              + entry.type()
              + " numbers; the fast runtime reads FLOAT");
    }
    return new Parameters() {
      @Override
      public long length() {
        return entry.length();
      }

      @Override
      public void read(FloatBuffer target) throws IOException {
        entry.read(target);
      }

      @Override
      public void skip(long numbers) throws IOException {
        entry.skip(numbers);
      }

      @Override
      public void close() throws IOException {
        entry.close();
      }
    };
  }

  @Override
  public Optional<Probe> probe() throws IOException {
    return ProbeJson.read(zip);
  }

  @Override
  public Optional<QuantizedNetwork> quantized() throws IOException {
    return quantizedModel().map(QuantizedModel::network);
  }

  /** The same with what else the file says of it. */
  public Optional<QuantizedModel> quantizedModel() throws IOException {
    Optional<QuantizedModel> model = QuantizedEntries.read(zip);
    if (model.isPresent()) {
      FastGraph graph = ConfigurationReader.read(configuration());
      try {
        QuantizedFit.check(graph, model.get());
      } catch (IllegalArgumentException e) {
        throw new ArchiveException(
            zip.path()
                + ": "
                + QuantizedEntries.DESCRIPTION
                + ": "
                + e.getMessage()
                + "; quantize the fast zip again",
            e);
      }
    }
    return model;
  }

  /**
   * The network in memory, without its integers.
   *
   * @param input shape of one image
   */
  public NetworkParts parts(InputShape input) throws IOException {
    try (Parameters parameters = parameters()) {
      FloatBuffer numbers = FloatBuffer.allocate(Math.toIntExact(parameters.length()));
      parameters.read(numbers);
      return new NetworkParts(configuration(), numbers.flip(), input, Optional.empty());
    }
  }

  @Override
  public Optional<InputShape> input() throws IOException {
    return ModelArchive.metadata(zip).flatMap(it -> it.spec()).map(RepVggSpec::input);
  }
}
