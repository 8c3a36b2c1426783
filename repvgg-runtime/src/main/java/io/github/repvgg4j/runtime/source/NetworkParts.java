package io.github.repvgg4j.runtime.source;

import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.spec.InputShape;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * A fused network in memory.
 *
 * @param configuration {@code toJson()} of Deeplearning4j's configuration, UTF-8
 * @param parameters its flat parameter vector, float32; read from its position on, which stays
 * @param input shape of one image
 * @param probe what Deeplearning4j's logits are, for the self-check
 */
@SuppressWarnings("ArrayRecordComponent")
public record NetworkParts(
    byte[] configuration, FloatBuffer parameters, InputShape input, Optional<Probe> probe) {}
