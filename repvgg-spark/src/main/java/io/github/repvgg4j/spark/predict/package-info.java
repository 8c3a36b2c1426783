/**
 * Prediction by executors: the model travels once to each, its tasks share it. Start at {@link
 * io.github.repvgg4j.spark.predict.ImageScoring}.
 */
package io.github.repvgg4j.spark.predict;
