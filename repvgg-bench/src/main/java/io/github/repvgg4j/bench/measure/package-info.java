/**
 * The machine, the clock and what keeps both honest: engines take turns, and a rate above the
 * machine's peak is an error. Knows no network.
 */
package io.github.repvgg4j.bench.measure;
