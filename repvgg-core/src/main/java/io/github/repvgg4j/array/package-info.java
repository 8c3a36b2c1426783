/** How ND4J arrays lie in memory, and their numbers on the heap. */
package io.github.repvgg4j.array;
