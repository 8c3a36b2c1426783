/**
 * Finds, in any Deeplearning4j network, every region that is one linear convolution in inference,
 * puts that convolution in its place and says of everything else why it was left. It works on
 * structure, never on names. Start at {@link io.github.repvgg4j.rewrite.GraphFuser}. Its steps are
 * rooms of their own, each of which knows only those before it: {@code step} (what a node of a
 * network does), {@code plan} (which nodes become one), {@code fuse} (their kernel, as a layer);
 * {@code bounds} (how far rounding can take the result) stands on all.
 */
package io.github.repvgg4j.rewrite;
