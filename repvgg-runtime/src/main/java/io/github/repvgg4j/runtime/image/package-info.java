/**
 * Images to labels and probabilities, with exactly the decoding and preprocessing of training.
 * Start at {@link io.github.repvgg4j.runtime.image.ImageClassifier}.
 */
package io.github.repvgg4j.runtime.image;
