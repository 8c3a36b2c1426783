package io.github.repvgg4j.deploy.onnx;

import io.github.repvgg4j.answer.Meaning;
import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.archive.ProjectVersion;
import io.github.repvgg4j.model.head.Head;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
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

  private static final String LOGITS = "logits";
  private static final String PROBABILITIES = "probabilities";
  private static final String OUTPUT = "output";

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
    ModelProto model = new OnnxExport(network, metadata, options).model();
    AtomicFile.write(
        target,
        temporary -> {
          try (OutputStream out =
              new BufferedOutputStream(Files.newOutputStream(temporary), 1 << 16)) {
            model.writeTo(out);
          }
          OnnxChecker.check(temporary);
        });
  }

  private ModelProto model() {
    OnnxNames names = new OnnxNames();
    List<String> inputNames = inputNames(names);
    List<String> outputNames = outputNames(names);
    OnnxGraph graph = new OnnxGraph(names);
    List<Value> inputs = inputs(graph, inputNames);
    List<Output> outputs =
        new NetworkTranslator(graph, network).translate(normalised(graph, inputs));
    for (int i = 0; i < outputs.size(); i++) {
      graph.output(outputNames.get(i), wanted(i, outputs.get(i)));
    }
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(options.irVersion())
            .setProducerName("repvgg4j")
            .setProducerVersion(ProjectVersion.number())
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(options.opset()))
            .setGraph(graph.build("repvgg"));
    addMetadata(model);
    return model.build();
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
    return heads.get(0).function().meaning() == Meaning.PROBABILITIES ? PROBABILITIES : OUTPUT;
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

  /** From pixels 0..255: {@code (x - 255 mean) / (255 std)}. */
  private List<Value> normalised(OnnxGraph graph, List<Value> inputs) {
    if (options.input() == OnnxOptions.Input.NORMALISED) {
      return inputs;
    }
    Preprocessing preprocessing =
        metadata
            .preprocessing()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the model does not say how images are normalised; export it without"
                            + " preprocessing"));
    Value input = inputs.get(0);
    long channels = preprocessing.mean().size();
    if (inputs.size() > 1 || !input.isImage() || !input.channels().equals(Dimension.of(channels))) {
      throw new IllegalArgumentException(
          "preprocessing is for networks that read one image of "
              + channels
              + " channels; export this one without");
    }
    String mean = graph.array("mean255", times255(preprocessing.mean()), 1, channels, 1, 1);
    String std = graph.array("std255", times255(preprocessing.std()), 1, channels, 1, 1);
    Value centred = graph.node(OnnxOp.SUB, "centred", input, mean);
    return List.of(graph.node(OnnxOp.DIV, "normalised", centred, std));
  }

  private static float[] times255(List<Double> values) {
    float[] scaled = new float[values.size()];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (values.get(i) * 255);
    }
    return scaled;
  }

  private void addMetadata(ModelProto.Builder model) {
    property(model, "form", metadata.form().name());
    if (!metadata.labels().isEmpty()) {
      property(model, "labels", String.join("\n", metadata.labels()));
    }
    metadata
        .preprocessing()
        .ifPresent(
            p -> {
              property(model, "mean", p.mean().toString());
              property(model, "std", p.std().toString());
              property(model, "cropFraction", Double.toString(p.cropFraction()));
            });
    metadata.provenance().forEach((key, value) -> property(model, "provenance." + key, value));
  }

  private static void property(ModelProto.Builder model, String key, String value) {
    model.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(value));
  }
}
