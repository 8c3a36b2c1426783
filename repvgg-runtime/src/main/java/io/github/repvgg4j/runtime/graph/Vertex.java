package io.github.repvgg4j.runtime.graph;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * One vertex as {@code configuration.json} has it.
 *
 * @param name of the tensor that it gives
 * @param inputs names of the tensors that it reads
 * @param layer null for a vertex without a layer
 * @param vertex the JSON of one
 * @param before the JSON of what its input goes through first
 */
record Vertex(
    String name, List<String> inputs, LayerJson layer, JsonNode vertex, JsonNode before) {}
