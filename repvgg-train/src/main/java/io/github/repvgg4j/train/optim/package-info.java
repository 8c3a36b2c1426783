/**
 * Update rules, learning-rate schedules and averaging over flat parameter vectors, with PyTorch's
 * definitions, independent of any network.
 */
package io.github.repvgg4j.train.optim;
