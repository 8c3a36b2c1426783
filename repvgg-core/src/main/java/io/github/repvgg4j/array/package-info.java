/** How ND4J arrays lie in memory. */
package io.github.repvgg4j.array;
