/**
 * The layers that Deeplearning4j lacks and RepVGG needs: {@link
 * io.github.repvgg4j.layer.GroupedConvolution2D grouped convolution} and {@link
 * io.github.repvgg4j.layer.SqueezeExcitation squeeze-and-excitation}. Each is a configuration
 * class, which travels in the JSON of a model zip, and a runtime class with the arithmetic. A zip
 * with such a layer can be loaded only where this library is on the class path.
 */
package io.github.repvgg4j.layer;
