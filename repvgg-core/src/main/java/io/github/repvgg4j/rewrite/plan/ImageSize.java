package io.github.repvgg4j.rewrite.plan;

/** Pixels of an image. */
public record ImageSize(int height, int width) {}
