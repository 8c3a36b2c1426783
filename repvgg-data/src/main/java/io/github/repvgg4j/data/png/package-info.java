/** PNG (RFC 2083): every colour type and depth, interlaced or not, to the bit. */
package io.github.repvgg4j.data.png;
