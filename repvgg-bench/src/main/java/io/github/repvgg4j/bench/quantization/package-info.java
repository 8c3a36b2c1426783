/**
 * What each part of quantising is worth: schemes, stress, and what the readiness score foresees.
 */
package io.github.repvgg4j.bench.quantization;
