/**
 * Answers of several engines over forms and batch sizes: a correctness gate before each timing, a
 * plausibility check after it, and each engine's memory in a process of its own.
 */
package io.github.repvgg4j.bench.inference;
