/**
 * Whether an engine computes the network: probe images, what their logits should be (recorded from
 * Deeplearning4j, or computed in plain Java by the layers' definitions), and the report.
 */
package io.github.repvgg4j.runtime.check;
