/**
 * The lossy pictures of WebP: key frames of VP8 (RFC 6386), to the bit what libwebp makes of them.
 * No decoder in Java does: TwelveMonkeys 3.14 predicts from filtered neighbours, an error that
 * grows to 30 levels towards the lower right of a photograph.
 */
package io.github.repvgg4j.data.vp8;
