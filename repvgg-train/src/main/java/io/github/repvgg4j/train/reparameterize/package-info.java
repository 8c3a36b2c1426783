/**
 * RepOptimizer (arXiv 2205.15242): a plain network that learns as one with RepVGG's branches would.
 */
package io.github.repvgg4j.train.reparameterize;
