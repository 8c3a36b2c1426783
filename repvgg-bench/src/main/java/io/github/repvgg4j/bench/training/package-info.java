/** Whole training steps of several engines. */
package io.github.repvgg4j.bench.training;
