/**
 * Image files to pixels, or to one line on what is wrong with them: docs/image-decoding.md. Start
 * at {@link io.github.repvgg4j.data.decode.ImageReader}.
 */
package io.github.repvgg4j.data.decode;
