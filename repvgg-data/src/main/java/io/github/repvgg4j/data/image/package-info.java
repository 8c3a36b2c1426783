/** Images as pixels in memory, and what a network reads of them, without chance. */
package io.github.repvgg4j.data.image;
