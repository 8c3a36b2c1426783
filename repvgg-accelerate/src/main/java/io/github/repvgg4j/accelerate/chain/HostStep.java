package io.github.repvgg4j.accelerate.chain;

/**
 * What ND4J does in the middle of a program.
 *
 * @param at before which of the program's calls
 */
record HostStep(int at, Runnable work) {}
