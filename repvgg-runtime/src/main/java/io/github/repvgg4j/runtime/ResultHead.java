package io.github.repvgg4j.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.model.head.Head;
import io.github.repvgg4j.model.head.HeadFunction.Activated;
import io.github.repvgg4j.runtime.FastGraph.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.linalg.activations.IActivation;

/** The head of a network that the runtime runs. Starts ND4J, so only when it is asked for. */
final class ResultHead {

  private static final String FUNCTIONS = "org.nd4j.linalg.activations.impl.";

  private ResultHead() {}

  static Head of(Result layer) {
    try {
      JsonNode json = new ObjectMapper().readTree(layer.activation());
      if (!json.path("@class").asText().startsWith(FUNCTIONS)) {
        throw new UnsupportedLayerException(
            layer.name(),
            "an activation that is not ND4J's",
            "run this network with Deeplearning4j (--engine dl4j)");
      }
      IActivation function =
          NeuralNetConfiguration.mapper().readValue(layer.activation(), IActivation.class);
      return new Head(layer.name(), new Activated(function, Activated.LAST_AXIS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
