package io.github.repvgg4j.serve.protocol;

/**
 * An output that a request asks for.
 *
 * @param binary behind the JSON instead of in it
 * @param classes likeliest classes as text instead of all numbers; 0 for the numbers
 */
public record RequestedOutput(TensorName name, boolean binary, int classes) {}
