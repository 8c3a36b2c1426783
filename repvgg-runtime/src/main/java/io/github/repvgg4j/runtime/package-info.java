/**
 * Runs a fused network as oneDNN primitives, without Deeplearning4j's layers. Start at {@link
 * io.github.repvgg4j.runtime.FastNetwork}.
 *
 * <p>The way of a model: {@code ConfigurationReader} turns {@code configuration.json} into a {@code
 * FastGraph} of {@code FastLayer}s, {@code Parameters} hands each layer its numbers, {@code
 * PlanBuilder} makes one {@code Plan} of primitives for each input shape, and a {@code Scratch} is
 * what one caller needs to run a plan.
 */
package io.github.repvgg4j.runtime;
