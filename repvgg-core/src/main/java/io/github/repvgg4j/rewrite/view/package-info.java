/**
 * A network of either class of DL4J as nodes, what each node computes in inference, and nodes as a
 * network again. Start at {@link io.github.repvgg4j.rewrite.view.NetworkView}. Knows nothing of
 * fusing.
 */
package io.github.repvgg4j.rewrite.view;
