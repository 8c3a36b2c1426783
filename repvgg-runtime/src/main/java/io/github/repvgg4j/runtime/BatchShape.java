package io.github.repvgg4j.runtime;

/** Images of one size; the channels are the network's. */
record BatchShape(int batch, int channels, int height, int width) {}
