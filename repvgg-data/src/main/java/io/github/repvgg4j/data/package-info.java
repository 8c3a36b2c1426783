/**
 * Images, on their way to a network: {@code format}, {@code jpeg}, {@code png} and {@code vp8}
 * (bytes), {@code decode} (bytes to pixels), {@code image} (pixels, and what a network reads of
 * them), {@code listing} (what lies in a folder or zip), {@code set} (data sets), {@code augment}
 * (chance), {@code load} (batches, on several threads), {@code picture} (for people). Shared by
 * training and prediction. Start at {@link io.github.repvgg4j.data.decode.ImageReader} and {@link
 * io.github.repvgg4j.data.image.ImagePreprocessor}.
 */
package io.github.repvgg4j.data;
