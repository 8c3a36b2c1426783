package io.github.repvgg4j.deploy.onnx;

import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.archive.ProjectVersion;
import io.github.repvgg4j.deploy.onnx.OnnxGraph.Dimension;
import io.github.repvgg4j.model.InputShape;
import io.github.repvgg4j.model.RepVggSpec;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * Writes a network as an ONNX file: one input {@code input}, float32 {@code [N, C, H, W]}; one
 * output, {@code logits} or {@code probabilities}, float32 {@code [N, classes]}. Convolutions with
 * groups and squeeze-and-excitation become native operators; labels, normalisation and provenance
 * stand in the file's metadata.
 */
public final class OnnxExport {

  /** Name of the file's input. */
  public static final String INPUT = "input";

  /** Protobuf's limit for one message, less room for the structure. */
  private static final long MAX_WEIGHT_BYTES = Integer.MAX_VALUE - (16L << 20);

  private final Model network;
  private final ModelMetadata metadata;
  private final OnnxOptions options;

  private OnnxExport(Model network, ModelMetadata metadata, OnnxOptions options) {
    this.network = network;
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
        });
  }

  private ModelProto model() {
    long bytes = network.numParams() * Float.BYTES;
    checkSize(bytes);
    OnnxGraph graph = new OnnxGraph();
    Dimension batch =
        options.batch() == OnnxOptions.Batch.ONE
            ? new Dimension.Fixed(1)
            : new Dimension.Named("N");
    long channels = firstLayer().getNIn();
    graph.input(INPUT, inputShape(batch, channels));
    String normalised = normalise(graph, channels);
    String logits = new NetworkTranslator(graph).translate(network, normalised);
    graph.output(result(graph, logits), List.of(batch, new Dimension.Fixed(lastLayer().getNOut())));
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

  private List<Dimension> inputShape(Dimension batch, long channels) {
    Optional<InputShape> shape = metadata.spec().map(RepVggSpec::input);
    return List.of(
        batch,
        new Dimension.Fixed(channels),
        shape.<Dimension>map(s -> new Dimension.Fixed(s.height())).orElse(new Dimension.Named("H")),
        shape.<Dimension>map(s -> new Dimension.Fixed(s.width())).orElse(new Dimension.Named("W")));
  }

  /** From pixels 0..255: {@code (x - 255 mean) / (255 std)}. */
  private String normalise(OnnxGraph graph, long channels) {
    if (options.input() == OnnxOptions.Input.NORMALISED) {
      return INPUT;
    }
    Preprocessing preprocessing =
        metadata
            .preprocessing()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the model does not say how images are normalised; export it without"
                            + " preprocessing"));
    String mean = graph.array("mean255", times255(preprocessing.mean()), 1, channels, 1, 1);
    String std = graph.array("std255", times255(preprocessing.std()), 1, channels, 1, 1);
    return graph.node(
        OnnxOp.DIV, "normalised", graph.node(OnnxOp.SUB, "centred", INPUT, mean), std);
  }

  private static float[] times255(List<Double> values) {
    float[] scaled = new float[values.size()];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (values.get(i) * 255);
    }
    return scaled;
  }

  private String result(OnnxGraph graph, String logits) {
    if (options.output() == OnnxOptions.Output.LOGITS) {
      return graph.renameLast("logits");
    }
    return graph.node(OnnxOp.SOFTMAX, "probabilities", logits); // its axis is the last by default
  }

  private FeedForwardLayer firstLayer() {
    return feedForward(0);
  }

  private FeedForwardLayer lastLayer() {
    return feedForward(layers().length - 1);
  }

  private FeedForwardLayer feedForward(int index) {
    if (layers()[index].conf().getLayer() instanceof FeedForwardLayer layer) {
      return layer;
    }
    throw new IllegalArgumentException(
        "a network that begins and ends with layers of known width is needed, got "
            + layers()[index].conf().getLayer().getClass().getSimpleName());
  }

  private org.deeplearning4j.nn.api.Layer[] layers() {
    return network instanceof ComputationGraph graph
        ? graph.getLayers()
        : ((MultiLayerNetwork) network).getLayers();
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
