/**
 * Batches of a data set on several threads, the same whatever their number. Start at {@link
 * io.github.repvgg4j.data.load.BatchLoader}.
 */
package io.github.repvgg4j.data.load;
