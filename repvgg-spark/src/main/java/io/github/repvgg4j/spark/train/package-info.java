/**
 * Training by parameter averaging. The driver plans which images each worker sees in each global
 * iteration; DL4J's {@code ParameterAveragingTrainingMaster} runs a round of them on the executors
 * and sums up; the driver keeps the run's folder. Start at {@link
 * io.github.repvgg4j.spark.train.SparkTraining}.
 */
package io.github.repvgg4j.spark.train;
