/**
 * The weights of RepVGG networks under the names of other frameworks: found among all that a
 * checkpoint holds ({@link io.github.repvgg4j.weights.WeightFiles}), put into a network ({@link
 * io.github.repvgg4j.weights.WeightImport}), taken out of one ({@link
 * io.github.repvgg4j.weights.WeightExport}).
 */
package io.github.repvgg4j.weights;
