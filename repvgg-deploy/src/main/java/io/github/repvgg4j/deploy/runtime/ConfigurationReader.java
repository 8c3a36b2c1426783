package io.github.repvgg4j.deploy.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.deploy.runtime.FastLayer.Convolution;
import io.github.repvgg4j.deploy.runtime.FastLayer.Dense;
import io.github.repvgg4j.deploy.runtime.FastLayer.GlobalAveragePool;
import io.github.repvgg4j.deploy.runtime.FastLayer.SqueezeExcitation;
import io.github.repvgg4j.deploy.runtime.FastLayer.Window;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a {@code MultiLayerConfiguration}'s JSON into layers, without loading Deeplearning4j's
 * classes. Everything that the runtime cannot run is refused here, by name.
 */
final class ConfigurationReader {

  private static final String FUSE_FIRST = "convert the training zip to a fast zip first";
  private static final String USE_DL4J = "run this network with Deeplearning4j (--engine dl4j)";

  private final List<FastLayer> layers = new ArrayList<>();
  private int index;

  private ConfigurationReader() {}

  /**
   * The layers in order: convolutions, one global pooling, one dense layer.
   *
   * @throws UnsupportedLayerException naming index, type and remedy
   */
  static List<FastLayer> read(byte[] json) throws IOException {
    return new ConfigurationReader().network(new ObjectMapper().readTree(json));
  }

  private List<FastLayer> network(JsonNode root) {
    if (root.has("vertices")) {
      throw new UnsupportedLayerException(
          "configuration.json", "a ComputationGraph, the training form", FUSE_FIRST);
    }
    JsonNode preProcessors = root.path("inputPreProcessors");
    if (!preProcessors.isEmpty()) {
      throw new UnsupportedLayerException(
          "layer " + preProcessors.fieldNames().next(), "has an input preprocessor", USE_DL4J);
    }
    for (JsonNode conf : root.path("confs")) {
      LayerJson layer = new LayerJson(index, conf.path("layer"));
      if (!"FLOAT".equals(conf.path("dataType").asText("FLOAT"))) {
        throw layer.unsupported("data type " + conf.path("dataType").asText(), USE_DL4J);
      }
      add(layer);
      index++;
    }
    boolean whole = !layers.isEmpty() && layers.get(layers.size() - 1) instanceof Dense;
    if (!whole) {
      throw new UnsupportedLayerException(
          "layer " + Math.max(0, index - 1), "the last layer is no output layer", USE_DL4J);
    }
    return List.copyOf(layers);
  }

  private void add(LayerJson layer) {
    switch (layer.type()) {
      case "ConvolutionLayer" -> layers.add(convolution(afterSpatial(layer)));
      case "GroupedConvolution2D" -> layers.add(grouped(afterSpatial(layer)));
      case "SqueezeExcitation" -> layers.add(squeezeExcitation(layer));
      case "ActivationLayer" -> addActivation(layer);
      case "GlobalPoolingLayer" -> layers.add(pooling(afterSpatial(layer)));
      case "OutputLayer", "DenseLayer" -> layers.add(dense(layer));
      case "BatchNormalization" -> throw layer.unsupported("BatchNormalization", FUSE_FIRST);
      default -> throw layer.unsupported(layer.type() + " is not among its layers", USE_DL4J);
    }
  }

  private LayerJson afterSpatial(LayerJson layer) {
    boolean image =
        layers.isEmpty()
            || layers.get(layers.size() - 1) instanceof Convolution
            || layers.get(layers.size() - 1) instanceof SqueezeExcitation;
    if (!image) {
      throw layer.unsupported("follows a layer that leaves no image", USE_DL4J);
    }
    return layer;
  }

  private static Convolution convolution(LayerJson layer) {
    layer.require("cnn2dDataFormat", "NCHW", USE_DL4J);
    return inGroups(layer, 1, padding(layer));
  }

  /** Mode Same pads symmetrically, whatever the image's size, only at stride 1. */
  private static int padding(LayerJson layer) {
    int kernel = layer.square("kernelSize");
    boolean symmetric = layer.square("stride") == 1 && kernel % 2 == 1;
    if (layer.text("convolutionMode").equals("Same") && symmetric) {
      return kernel / 2;
    }
    layer.require("convolutionMode", "Truncate", USE_DL4J);
    return layer.square("padding");
  }

  private static Convolution grouped(LayerJson layer) {
    return inGroups(layer, layer.number("groups"), layer.square("padding"));
  }

  private static Convolution inGroups(LayerJson layer, int groups, int padding) {
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
        reluOrIdentity(layer));
  }

  private SqueezeExcitation squeezeExcitation(LayerJson layer) {
    if (layers.isEmpty()) {
      throw layer.unsupported("squeeze-and-excitation as the first layer", USE_DL4J);
    }
    afterSpatial(layer);
    return new SqueezeExcitation(
        layer.where(), layer.number("nin"), layer.number("squeezed"), false);
  }

  private static boolean reluOrIdentity(LayerJson layer) {
    return switch (layer.activation()) {
      case "ActivationReLU" -> {
        layer.requirePlainRelu(USE_DL4J);
        yield true;
      }
      case "ActivationIdentity" -> false;
      default -> throw layer.unsupported(layer.activation(), USE_DL4J);
    };
  }

  private void addActivation(LayerJson layer) {
    boolean relu = reluOrIdentity(layer);
    int last = layers.size() - 1;
    if (relu && last >= 0 && layers.get(last) instanceof Convolution before) {
      layers.set(last, before.withRelu());
    } else if (relu && last >= 0 && layers.get(last) instanceof SqueezeExcitation before) {
      layers.set(last, before.withRelu());
    } else if (relu) {
      throw layer.unsupported("a ReLU that follows no convolution", USE_DL4J);
    }
  }

  private static GlobalAveragePool pooling(LayerJson layer) {
    layer.require("poolingType", "AVG", USE_DL4J);
    layer.require("collapseDimensions", "true", USE_DL4J);
    return new GlobalAveragePool(layer.where());
  }

  private Dense dense(LayerJson layer) {
    boolean afterPool =
        !layers.isEmpty() && layers.get(layers.size() - 1) instanceof GlobalAveragePool;
    if (!afterPool) {
      throw layer.unsupported("a dense layer that does not follow global pooling", USE_DL4J);
    }
    layer.require("hasBias", "true", USE_DL4J);
    if (layer.flag("hasLayerNorm")) {
      throw layer.unsupported("layer normalisation", USE_DL4J);
    }
    // A dense layer without a loss gives its activation's result, where that makes no
    // probabilities.
    boolean aside =
        layer.type().equals("OutputLayer")
            || layer.activation().equals("ActivationSoftmax")
            || layer.activation().equals("ActivationSigmoid");
    if (!aside && !layer.activation().equals("ActivationIdentity")) {
      throw layer.unsupported(layer.activation(), USE_DL4J);
    }
    return new Dense(
        layer.where(),
        layer.text("layerName"),
        layer.number("nin"),
        layer.number("nout"),
        layer.json().path("activationFn").toString());
  }
}
