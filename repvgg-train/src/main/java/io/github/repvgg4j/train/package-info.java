/**
 * From a YAML file to a run directory. Start at {@link io.github.repvgg4j.train.TrainMain} (the
 * program) or {@link io.github.repvgg4j.train.Training} (from Java).
 */
package io.github.repvgg4j.train;
