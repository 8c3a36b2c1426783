/**
 * What image files say of themselves, read before a decoder takes memory for them. Bytes in,
 * records or a {@link io.github.repvgg4j.data.format.FormatFault} out; no decoder in sight.
 */
package io.github.repvgg4j.data.format;
