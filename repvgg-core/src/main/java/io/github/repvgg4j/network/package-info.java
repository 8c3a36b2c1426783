/**
 * A network of either class of DL4J as nodes with names of their own, and nodes as a network again.
 * Start at {@link io.github.repvgg4j.network.NetworkView}.
 */
package io.github.repvgg4j.network;
