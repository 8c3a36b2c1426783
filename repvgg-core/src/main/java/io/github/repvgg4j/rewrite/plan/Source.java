package io.github.repvgg4j.rewrite.plan;

import org.deeplearning4j.nn.conf.InputPreProcessor;

/**
 * A tensor that no region reaches through.
 *
 * @param tensor name of the node or network input that gives it
 * @param preprocessor between it and its reader, null for none
 * @param inside null, or the separable layer whose hidden tensor it is
 */
public record Source(String tensor, InputPreProcessor preprocessor, String inside) {}
