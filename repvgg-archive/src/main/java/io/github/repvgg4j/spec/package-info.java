/**
 * The structure of a RepVGG network as a value: {@link io.github.repvgg4j.spec.RepVggSpec}, the
 * published ones ({@link io.github.repvgg4j.spec.RepVggVariant}) and the one grammar of layer names
 * ({@link io.github.repvgg4j.spec.BlockNames}). No network is built here.
 */
package io.github.repvgg4j.spec;
