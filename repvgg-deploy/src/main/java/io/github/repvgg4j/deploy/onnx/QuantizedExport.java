package io.github.repvgg4j.deploy.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.answer.AnswerFunction;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.QuantizedModel;
import io.github.repvgg4j.runtime.graph.ConfigurationReader;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.source.Parameters;
import io.github.repvgg4j.runtime.source.ZipSource;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.linalg.activations.IActivation;

/**
 * Writes the integers of an INT8 zip as an ONNX file in QDQ form: int8 weights with a scale for
 * each output channel, int32 biases, and QuantizeLinear and DequantizeLinear around every tensor
 * that is codes. ONNX Runtime and OpenVINO make integer operators of it. Input, output and metadata
 * are as {@link OnnxExport} writes them.
 */
public final class QuantizedExport {

  private final FastGraph network;
  private final ModelMetadata metadata;
  private final OnnxOptions options;

  private QuantizedExport(FastGraph network, ModelMetadata metadata, OnnxOptions options) {
    this.network = network;
    this.metadata = metadata;
    this.options = options;
  }

  /**
   * Writes a file; an earlier one of that name is replaced only by a whole new one.
   *
   * @param int8Zip an INT8 zip, lean or not
   * @throws IOException one line: what is wrong with the zip, also where it holds no integers
   * @throws IllegalArgumentException naming what ONNX cannot express, or what is missing
   */
  public static void write(Path target, Path int8Zip, OnnxOptions options) throws IOException {
    try (SafeZip zip = ModelArchive.open(int8Zip)) {
      ZipSource source = new ZipSource(zip);
      QuantizedModel model =
          source
              .quantizedModel()
              .orElseThrow(
                  () ->
                      zip.fault(
                          "holds no INT8 network; quantize it first, or export it with --precision"
                              + " fp32"));
      FastGraph network = ConfigurationReader.read(source.configuration());
      ModelMetadata metadata =
          ModelArchive.metadata(zip).orElseGet(() -> ModelMetadata.unknown(Form.FAST));
      try (Parameters parameters = source.parameters()) {
        OnnxGraph graph = new QuantizedExport(network, metadata, options).graph(model, parameters);
        new OnnxFile(graph, metadata, options).write(target);
      }
    }
  }

  private OnnxGraph graph(QuantizedModel model, Parameters parameters) throws IOException {
    OnnxNames names = new OnnxNames();
    String inputName = names.fresh(OnnxExport.INPUT);
    String outputName = names.fresh(outputName());
    OnnxGraph graph = new OnnxGraph(names);
    Value input = graph.input(inputName, inputShape());
    Value images = PixelInput.normalised(graph, List.of(input), metadata, options).get(0);
    Value logits = new QuantizedTranslator(graph, network, model, parameters).translate(images);
    graph.output(
        outputName,
        options.output() == OnnxOptions.Output.LOGITS ? logits : activated(graph, logits));
    return graph;
  }

  private String outputName() {
    if (options.output() == OnnxOptions.Output.LOGITS) {
      return OnnxExport.LOGITS;
    }
    return AnswerFunction.read(network.head().activation())
        .filter(function -> function.meaning().isProbability())
        .map(function -> OnnxExport.PROBABILITIES)
        .orElse(OnnxExport.OUTPUT);
  }

  private Value activated(OnnxGraph graph, Value logits) throws IOException {
    JsonNode activation = network.head().activation();
    if (AnswerFunction.read(activation).isEmpty()) { // also for classes that are not ND4J's
      throw new UnwritableException(
          "layer "
              + network.head().name()
              + ": its activation cannot be written as ONNX; export it without --with-activation");
    }
    IActivation function =
        NeuralNetConfiguration.mapper().readValue(activation.toString(), IActivation.class);
    return new ActivationTranslator(graph).apply("activation", function, logits, 1);
  }

  private List<Dimension> inputShape() {
    Dimension batch =
        options.batch() == OnnxOptions.Batch.ONE ? Dimension.of(1) : new Dimension.Named("N");
    Optional<InputShape> stated = options.shape().or(() -> metadata.spec().map(RepVggSpec::input));
    if (stated.isEmpty()) {
      return List.of(
          batch,
          Dimension.of(network.channels()),
          new Dimension.Named("H"),
          new Dimension.Named("W"));
    }
    InputShape shape = stated.get();
    if (shape.channels() != network.channels()) {
      throw new IllegalArgumentException(
          "input: the network reads images of "
              + network.channels()
              + " channels, and "
              + shape
              + " is given");
    }
    return List.of(
        batch,
        Dimension.of(shape.channels()),
        Dimension.of(shape.height()),
        Dimension.of(shape.width()));
  }
}
