/**
 * Whether an engine computes the network: probe images, what their logits should be (recorded from
 * Deeplearning4j, or computed in plain Java by the layers' definitions), and the report. {@link
 * io.github.repvgg4j.runtime.check.LogitBounds} derives how far rounding alone can take them.
 */
package io.github.repvgg4j.runtime.check;
