package io.github.repvgg4j.runtime.plan;

/** Images of one size; the channels are the network's. */
public record BatchShape(int batch, int channels, int height, int width) {}
