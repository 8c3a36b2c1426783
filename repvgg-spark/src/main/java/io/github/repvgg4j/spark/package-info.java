/**
 * Training and prediction on Apache Spark. Only here does Spark appear. Start at {@link
 * io.github.repvgg4j.spark.SparkMain} (command line) or {@link
 * io.github.repvgg4j.spark.RepVggClassifier} (a stage of a Spark ML pipeline).
 */
package io.github.repvgg4j.spark;
