package io.github.repvgg4j.deploy.onnx;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Preprocessing;
import java.util.List;

/** Writes the normalisation of pixels, where the file is to do it. */
final class PixelInput {

  private PixelInput() {}

  /** From pixels 0..255: {@code (x - 255 mean) / (255 std)}. */
  static List<Value> normalised(
      OnnxGraph graph, List<Value> inputs, ModelMetadata metadata, OnnxOptions options) {
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
}
