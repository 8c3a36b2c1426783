/**
 * An INT8 network as data: codes, scales, zero points, and where they came from. What a fast zip
 * holds of it, read as data that may be hostile.
 */
package io.github.repvgg4j.archive.quantized;
