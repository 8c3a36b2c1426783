package io.github.repvgg4j.deploy.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writes heads: what a network is trained by, with an activation of its own. */
final class HeadTranslator {

  private final OnnxGraph graph;
  private final ActivationTranslator activations;
  private final Layout layout;

  HeadTranslator(OnnxGraph graph, ActivationTranslator activations, Layout layout) {
    this.graph = graph;
    this.activations = activations;
    this.layout = layout;
  }

  Output loss(String name, LossLayer conf, Value input) {
    return Output.ofTwo(
        input,
        () ->
            activations.apply(name, conf.getActivationFn(), input, layout.axis(-1, input.rank())));
  }

  /** Each pixel by itself: the softmax is over the channels. */
  Output pixelLoss(String name, CnnLossLayer conf, Value input) {
    return Output.ofTwo(input, () -> activations.apply(name, conf.getActivationFn(), input, 1));
  }

  /**
   * Boxes {@code [x, y, w, h, confidence, classes...]} of every prior: sigmoid of x, y and the
   * confidence, prior times exp of w and h, softmax of the classes (DL4J's YoloUtils.activate).
   */
  Output yolo(String name, Yolo2OutputLayer conf, Value input) {
    return Output.ofTwo(input, () -> boxes(name, conf.getBoundingBoxes(), input));
  }

  private Value boxes(String name, INDArray priors, Value input) {
    if (!(input.channels() instanceof Dimension.Fixed channels)
        || !(input.shape().get(2) instanceof Dimension.Fixed height)
        || !(input.shape().get(3) instanceof Dimension.Fixed width)) {
      throw new UnwritableException(
          "its boxes need an image of known size; give --input C,H,W, or write them unactivated");
    }
    long count = priors.size(0);
    long numbers = channels.size() / count;
    List<Dimension> split =
        List.of(
            input.shape().get(0),
            Dimension.of(count),
            Dimension.of(numbers),
            Dimension.of(height.size()),
            Dimension.of(width.size()));
    String shape = graph.integers(name + ".split", 0, count, numbers, height.size(), width.size());
    Value five = graph.node(OnnxOp.RESHAPE, name + ".boxes", split, Map.of(), input.name(), shape);
    Value all = activated(name, priors, five, numbers);
    String whole = graph.integers(name + ".whole", 0, channels.size(), height.size(), width.size());
    return graph.node(OnnxOp.RESHAPE, name, input.shape(), Map.of(), all.name(), whole);
  }

  /**
   * @param five {@code [N, priors, numbers, H, W]}
   */
  private Value activated(String name, INDArray priors, Value five, long numbers) {
    Value centre = graph.node(OnnxOp.SIGMOID, name + ".centre", part(name, five, 0, 2));
    Value size =
        graph.node(
            OnnxOp.MUL,
            name + ".size",
            graph.node(OnnxOp.EXP, name + ".exp", part(name, five, 2, 4)),
            graph.array(name + ".priors", priors, 1, priors.size(0), 2, 1, 1));
    Value confidence = graph.node(OnnxOp.SIGMOID, name + ".confidence", part(name, five, 4, 5));
    Value scores = part(name, five, 5, numbers);
    Value classes =
        graph.node(
            OnnxOp.SOFTMAX, name + ".classes", scores.shape(), Map.of("axis", 2), scores.name());
    return graph.node(
        OnnxOp.CONCAT,
        name + ".activated",
        five.shape(),
        Map.of("axis", 2),
        centre.name(),
        size.name(),
        confidence.name(),
        classes.name());
  }

  private Value part(String name, Value five, long from, long to) {
    String label = name + "." + from;
    List<Dimension> shape = new ArrayList<>(five.shape());
    shape.set(2, Dimension.of(to - from));
    return graph.node(
        OnnxOp.SLICE,
        label,
        shape,
        Map.of(),
        five.name(),
        graph.integers(label + ".from", from),
        graph.integers(label + ".to", to),
        graph.integers(label + ".axis", 2));
  }
}
