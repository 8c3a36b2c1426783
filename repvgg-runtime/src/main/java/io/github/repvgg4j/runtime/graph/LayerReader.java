package io.github.repvgg4j.runtime.graph;

import static io.github.repvgg4j.runtime.graph.UnsupportedLayerException.USE_DL4J;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution.Storage;
import io.github.repvgg4j.runtime.graph.FastLayer.Dense;
import io.github.repvgg4j.runtime.graph.FastLayer.GlobalAveragePool;
import io.github.repvgg4j.runtime.graph.FastLayer.Pool;
import io.github.repvgg4j.runtime.graph.FastLayer.SqueezeExcitation;
import io.github.repvgg4j.runtime.graph.FastLayer.Window;

/** Reads single layers; what the runtime does not run is refused by name. */
final class LayerReader {

  private static final String FUSE_FIRST =
      "convert the training form first; where a converted file has it still, " + USE_DL4J;

  private LayerReader() {}

  static UnsupportedLayerException notAmongItsLayers(LayerJson layer) {
    return layer.type().equals("BatchNormalization")
        ? layer.unsupported("BatchNormalization, a layer of the training form", FUSE_FIRST)
        : layer.unsupported(layer.type() + " is not among its layers", USE_DL4J);
  }

  static Convolution convolution(LayerJson layer) {
    layer.require("cnn2dDataFormat", "NCHW", USE_DL4J);
    return inGroups(layer, 1, padding(layer), Storage.CHANNELS_FIRST);
  }

  private static int padding(LayerJson layer) {
    if (layer.text("convolutionMode").equals("Same")) {
      return Window.SAME;
    }
    layer.require("convolutionMode", "Truncate", USE_DL4J);
    return layer.square("padding");
  }

  static Convolution grouped(LayerJson layer) {
    return inGroups(layer, layer.number("groups"), layer.square("padding"), Storage.CHANNELS_FIRST);
  }

  static Convolution depthwise(LayerJson layer) {
    layer.require("cnn2dDataFormat", "NCHW", USE_DL4J);
    return inGroups(layer, layer.number("nin"), padding(layer), Storage.TAPS_FIRST);
  }

  private static Convolution inGroups(LayerJson layer, int groups, int padding, Storage storage) {
    layer.require("hasBias", "true", FUSE_FIRST);
    if (layer.square("dilation") != 1) {
      throw layer.unsupported("dilation " + layer.square("dilation"), USE_DL4J);
    }
    return new Convolution(
        layer.where(),
        layer.number("nin"),
        layer.number("nout"),
        new Window(layer.square("kernelSize"), layer.square("stride"), padding),
        groups,
        after(layer),
        storage);
  }

  static SqueezeExcitation squeezeExcitation(LayerJson layer) {
    return new SqueezeExcitation(
        layer.where(), layer.number("nin"), layer.number("squeezed"), Function.IDENTITY);
  }

  /** A function of each number, or nothing; everything else is refused. */
  static Function after(LayerJson layer) {
    return switch (layer.activation()) {
      case "ActivationReLU" -> layer.relu(USE_DL4J);
      case "ActivationIdentity" -> Function.IDENTITY;
      case "ActivationLReLU" -> Function.relu(layer.activationNumber("alpha"));
      case "ActivationELU" -> Function.elu(layer.activationNumber("alpha"));
      case "ActivationReLU6" -> Function.relu6();
      case "ActivationSigmoid" -> Function.SIGMOID;
      case "ActivationTanH" -> Function.TANH;
      case "ActivationSwish" -> Function.SWISH;
      default -> throw layer.unsupported(layer.activation(), USE_DL4J);
    };
  }

  static GlobalAveragePool globalPooling(LayerJson layer) {
    layer.require("poolingType", "AVG", USE_DL4J);
    layer.require("collapseDimensions", "true", USE_DL4J);
    return new GlobalAveragePool(layer.where());
  }

  /** Not padded: DL4J's padding counts in an average, and is no minus infinity in a maximum. */
  static Pool pooling(LayerJson layer) {
    layer.require("cnn2dDataFormat", "NCHW", USE_DL4J);
    layer.require("convolutionMode", "Truncate", USE_DL4J);
    if (layer.square("padding") != 0 || layer.square("dilation") != 1) {
      throw layer.unsupported("padded or dilated pooling", USE_DL4J);
    }
    Pool.Kind kind =
        switch (layer.text("poolingType")) {
          case "MAX" -> Pool.Kind.MAX;
          case "AVG" -> Pool.Kind.AVERAGE;
          default -> throw layer.unsupported(layer.text("poolingType") + " pooling", USE_DL4J);
        };
    return new Pool(
        layer.where(), new Window(layer.square("kernelSize"), layer.square("stride"), 0), kind);
  }

  /**
   * @param flattening what lies between an image and the layer; missing or null behind a pooling
   */
  static Dense dense(LayerJson layer, JsonNode flattening) {
    layer.require("hasBias", "true", USE_DL4J);
    if (layer.flag("hasLayerNorm")) {
      throw layer.unsupported("layer normalisation", USE_DL4J);
    }
    if (!isHead(layer)) {
      throw layer.unsupported("a dense layer that is not the last", USE_DL4J);
    }
    int in = layer.number("nin");
    if (!flattening.isObject()) {
      return new Dense(layer.where(), in, 1, 1, layer.number("nout"));
    }
    int channels = flattening.path("numChannels").asInt();
    int height = flattening.path("inputHeight").asInt();
    int width = flattening.path("inputWidth").asInt();
    if (channels * height * width != in) {
      throw layer.unsupported("does not say the size of the image that it reads", USE_DL4J);
    }
    return new Dense(layer.where(), channels, height, width, layer.number("nout"));
  }

  /**
   * Whether the runtime's result is what this layer's activation is given: a layer without a loss
   * gives its activation's result, where that makes no probabilities.
   */
  static boolean isHead(LayerJson layer) {
    return layer.type().equals("OutputLayer")
        || layer.type().equals("LossLayer")
        || layer.activation().equals("ActivationSoftmax")
        || layer.activation().equals("ActivationSigmoid")
        || layer.activation().equals("ActivationIdentity");
  }
}
