package io.github.repvgg4j.train.optim;

/**
 * Where in a run an update stands.
 *
 * @param learningRate of the update
 * @param number of the update, from 1
 * @param planned the number that it would have in a run as long as the recipe says: the same, but
 *     for runs that are fitted to a time
 */
public record Moment(double learningRate, long number, long planned) {}
