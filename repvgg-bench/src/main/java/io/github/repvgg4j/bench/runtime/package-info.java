/**
 * The fast runtime by itself: how its time grows, how it starts, how it lives with many callers.
 */
package io.github.repvgg4j.bench.runtime;
