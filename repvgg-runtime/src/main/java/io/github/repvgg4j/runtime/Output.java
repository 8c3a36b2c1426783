package io.github.repvgg4j.runtime;

/**
 * What a network gives, {@code [N, length]}.
 *
 * @param name of the layer
 * @param length numbers an image
 * @param activation what makes answers of its logits, as JSON of {@code configuration.json}
 */
public record Output(String name, int length, String activation) {}
