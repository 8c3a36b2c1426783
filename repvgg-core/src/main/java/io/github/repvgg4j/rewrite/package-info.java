/**
 * Finds, in any Deeplearning4j network, every region that is one linear convolution in inference,
 * puts that convolution in its place and says of everything else why it was left. It works on
 * structure, never on names. Start at {@link io.github.repvgg4j.rewrite.GraphFuser}; reading order:
 * {@code NetworkView} (a network as nodes), {@code StepReader} (what a node does), {@code Form}
 * (what a tensor is of its source), {@code RegionPlanner} (which nodes become one), {@code
 * RegionFusion} (its kernel), {@code NetworkBuilder} (nodes as a network).
 */
package io.github.repvgg4j.rewrite;
