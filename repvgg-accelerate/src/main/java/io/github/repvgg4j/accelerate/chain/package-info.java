/**
 * Training's gradient as one chain of oneDNN primitives over a whole network: activations stay in
 * oneDNN's layout from layer to layer, where Deeplearning4j would convert them at each.
 */
package io.github.repvgg4j.accelerate.chain;
