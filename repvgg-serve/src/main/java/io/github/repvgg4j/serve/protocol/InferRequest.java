package io.github.repvgg4j.serve.protocol;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a client of the Open Inference Protocol asks.
 *
 * @param id which comes back with the answer
 * @param outputs in the order of the request; all, where it names none
 * @param timeout after which it wants no answer any more
 */
public record InferRequest(
    Optional<String> id, Input input, List<RequestedOutput> outputs, Optional<Duration> timeout) {}
