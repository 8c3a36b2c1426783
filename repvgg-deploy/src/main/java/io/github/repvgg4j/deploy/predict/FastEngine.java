package io.github.repvgg4j.deploy.predict;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.answer.FeatureMap;
import io.github.repvgg4j.answer.LinearHead;
import io.github.repvgg4j.archive.JsonTree;
import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.array.HostMemory;
import io.github.repvgg4j.model.head.Head;
import io.github.repvgg4j.model.head.HeadFunction.Activated;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.OneDnnUnavailableException;
import io.github.repvgg4j.runtime.Output;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.runtime.source.NetworkParts;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The fast runtime for ND4J's arrays. Any number of threads may call at once. */
public final class FastEngine implements Engine {

  private static final Logger LOG = LoggerFactory.getLogger(FastEngine.class);
  private static final String FUNCTIONS = "org.nd4j.linalg.activations.impl.";

  private final FastNetwork network;

  private FastEngine(FastNetwork network) {
    this.network = network;
  }

  /** Loads a fast zip. */
  @FunctionalInterface
  interface Loader {
    FastNetwork load(Path file, RuntimeOptions options) throws IOException;
  }

  /**
   * Loads a fast zip. Where oneDNN cannot be loaded, Deeplearning4j computes instead, and {@link
   * Engine#description} says why.
   *
   * @throws IOException as {@link FastNetwork#load} does
   */
  public static Engine load(Path file, RuntimeOptions options) throws IOException {
    return load(file, options, FastNetwork::load);
  }

  /** With another way to load it, for tests. */
  static Engine load(Path file, RuntimeOptions options, Loader loader) throws IOException {
    try {
      return new FastEngine(loader.load(file, options));
    } catch (OneDnnUnavailableException e) {
      Dl4jNetwork instead = new Dl4jNetwork(ModelZip.load(file).network(), e.reason());
      LOG.warn("Running in {}", instead.description());
      return instead;
    }
  }

  /**
   * Takes the weights of a fused network, which is not kept and not changed.
   *
   * @param input shape of the images of the self-check, which is against Deeplearning4j now; other
   *     resolutions run as well
   */
  public static FastEngine of(Model network, InputShape input, RuntimeOptions options) {
    Optional<Probe> probe =
        options.selfCheck() == SelfCheck.RECORDED ? Dl4jProbe.of(network, input) : Optional.empty();
    FastNetwork[] fast = new FastNetwork[1];
    HostMemory.read(
        network.params().castTo(DataType.FLOAT),
        numbers ->
            fast[0] =
                FastNetwork.of(
                    new NetworkParts(configuration(network), numbers, input, probe), options));
    return new FastEngine(fast[0]);
  }

  /** {@code configuration.json} of a network. */
  public static byte[] configuration(Model network) {
    return ModelZipWriter.configuration(network).getBytes(StandardCharsets.UTF_8);
  }

  /** The network without ND4J. */
  public FastNetwork network() {
    return network;
  }

  @Override
  public List<Head> heads() {
    Output output = network.output();
    try {
      JsonNode json = JsonTree.read(output.activation().getBytes(StandardCharsets.UTF_8));
      if (!json.path("@class").asText().startsWith(FUNCTIONS)) {
        throw new IllegalArgumentException(
            output.name()
                + ": an activation that is not ND4J's; run this network with Deeplearning4j"
                + " (--engine dl4j)");
      }
      IActivation function =
          NeuralNetConfiguration.mapper().readValue(output.activation(), IActivation.class);
      return List.of(new Head(output.name(), new Activated(function, Activated.LAST_AXIS)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<INDArray> outputs(INDArray input) {
    return List.of(logits(input));
  }

  /**
   * @param images {@code [N, C, H, W]}, normalised; read without a copy where it is float32 in C
   *     order
   * @return {@code [N, classes]}, float32, the numbers before the last activation; the caller's
   */
  @Override
  public INDArray logits(INDArray images) {
    if (images.rank() != 4) {
      throw new IllegalArgumentException(
          "images: [N, C, H, W] expected, got " + java.util.Arrays.toString(images.shape()));
    }
    INDArray dense = images.castTo(DataType.FLOAT);
    int batch = (int) dense.size(0);
    INDArray logits = Nd4j.createUninitialized(DataType.FLOAT, batch, network.output().length());
    InputShape shape =
        new InputShape((int) dense.size(1), (int) dense.size(2), (int) dense.size(3));
    HostMemory.read(
        dense, in -> HostMemory.write(logits, out -> network.logits(in, batch, shape, out)));
    return logits;
  }

  @Override
  public ClassMaps maps() {
    LinearHead linear = network.linearHead();
    return new ClassMaps() {
      @Override
      public LinearHead linear() {
        return linear;
      }

      @Override
      public FeatureMap features(float[] image, InputShape shape) {
        return network.features(image, shape);
      }
    };
  }

  @Override
  public Optional<String> misfit(List<Long> shape) {
    return shape.size() == 4 && shape.get(1) == network.channels()
        ? Optional.empty()
        : Optional.of("needs [N, " + network.channels() + ", H, W]");
  }

  @Override
  public String description() {
    return network.description();
  }

  @Override
  public void close() {
    network.close();
  }
}
