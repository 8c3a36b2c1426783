package io.github.repvgg4j.serve.batch;

/** A decoded image, and the queue before the network that it is for. */
public record Decoded(ModelQueue queue, Row row) {}
