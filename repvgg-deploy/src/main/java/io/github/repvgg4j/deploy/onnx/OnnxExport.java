package io.github.repvgg4j.deploy.onnx;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.model.head.Head;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * Writes a network as an ONNX file. Images are float32 {@code [N, C, H, W]}, whatever layout the
 * network has. Its one input is {@code input}; several have the names of the network's. Its outputs
 * are the network's, all of them, in its order and with their own shapes: one is {@code logits}
 * where it is a head's numbers before the activation, {@code probabilities} where it is those after
 * a softmax or sigmoid, else {@code output}; several have the names of their layers. Labels,
 * normalisation and provenance stand in the file's metadata.
 *
 * <p>The file as written is read again and held against ONNX's rules before it gets its name.
 */
public final class OnnxExport {

  /** Name of the file's input, where it has one. */
  public static final String INPUT = "input";

  static final String LOGITS = "logits";
  static final String PROBABILITIES = "probabilities";
  static final String OUTPUT = "output";

  /** Protobuf's limit for one message, less room for the structure. */
  private static final long MAX_WEIGHT_BYTES = Integer.MAX_VALUE - (16L << 20);

  private final NetworkNodes network;
  private final List<Head> heads;
  private final List<Boolean> beforeActivation;
  private final ModelMetadata metadata;
  private final OnnxOptions options;

  private OnnxExport(Model network, ModelMetadata metadata, OnnxOptions options) {
    checkSize(network.numParams() * Float.BYTES);
    this.network = NetworkNodes.of(network);
    this.heads = Head.of(network);
    this.beforeActivation = Logits.areBeforeActivation(network);
    this.metadata = metadata;
    this.options = options;
  }

  /**
   * Writes a file; an earlier one of that name is replaced only by a whole new one.
   *
   * @param network a {@link ComputationGraph} or {@link MultiLayerNetwork}; it is not changed
   * @param metadata gives image size, normalisation, labels and provenance where known
   * @throws IllegalArgumentException naming the layer that ONNX cannot express, or what is missing
   */
  public static void write(Path target, Model network, ModelMetadata metadata, OnnxOptions options)
      throws IOException {
    OnnxGraph graph = new OnnxExport(network, metadata, options).graph();
    new OnnxFile(graph, metadata, options).write(target);
  }

  private OnnxGraph graph() {
    OnnxNames names = new OnnxNames();
    List<String> inputNames = inputNames(names);
    List<String> outputNames = outputNames(names);
    OnnxGraph graph = new OnnxGraph(names);
    List<Value> inputs = inputs(graph, inputNames);
    List<Output> outputs =
        new NetworkTranslator(graph, network)
            .translate(PixelInput.normalised(graph, inputs, metadata, options));
    for (int i = 0; i < outputs.size(); i++) {
      graph.output(outputNames.get(i), wanted(i, outputs.get(i)));
    }
    return graph;
  }

  /** They are taken before any layer's: what reads the file asks for them. */
  private List<String> inputNames(OnnxNames names) {
    List<Integer> inputs = network.inputs();
    return inputs.size() == 1
        ? List.of(names.fresh(INPUT))
        : inputs.stream().map(i -> names.fresh(network.nodes().get(i).name())).toList();
  }

  private List<String> outputNames(OnnxNames names) {
    List<Integer> outputs = network.outputs();
    return outputs.size() == 1
        ? List.of(names.fresh(outputName()))
        : outputs.stream().map(i -> names.fresh(network.nodes().get(i).name())).toList();
  }

  private String outputName() {
    if (!beforeActivation.get(0)) {
      return OUTPUT;
    }
    if (options.output() == OnnxOptions.Output.LOGITS) {
      return LOGITS;
    }
    return heads.get(0).function().meaning().isProbability() ? PROBABILITIES : OUTPUT;
  }

  /** The same numbers as {@link Logits} gives, or as the network does. */
  private Value wanted(int index, Output output) {
    return options.output() == OnnxOptions.Output.LOGITS && beforeActivation.get(index)
        ? output.logits().orElseGet(output::activated)
        : output.activated();
  }

  private List<Value> inputs(OnnxGraph graph, List<String> names) {
    Dimension batch =
        options.batch() == OnnxOptions.Batch.ONE ? Dimension.of(1) : new Dimension.Named("N");
    if (names.size() > 1 && options.shape().isPresent()) {
      throw new IllegalArgumentException(
          "a shape of images is for networks with one input; this one has "
              + names.size()
              + ", and takes what its layers say; leave --input away");
    }
    Optional<InputShape> stated = options.shape().or(this::statedByModel);
    NetworkInputs shapes = new NetworkInputs(network, stated, batch);
    List<Integer> places = network.inputs();
    List<Value> inputs = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      inputs.add(graph.input(names.get(i), shapes.shape(places.get(i))));
    }
    return inputs;
  }

  private Optional<InputShape> statedByModel() {
    return metadata.spec().map(RepVggSpec::input);
  }

  /** Fails where the weights do not fit into one protobuf message. */
  static void checkSize(long bytes) {
    if (bytes > MAX_WEIGHT_BYTES) {
      throw new IllegalArgumentException(
          "the weights take "
              + bytes
              + " bytes; one ONNX file holds 2 GB, and external data is not written. Export a"
              + " smaller network");
    }
  }
}
