/**
 * Images: decoding, preprocessing, data sets in folders or zips, augmentation, and the loader that
 * makes batches of them on several threads. Shared by training and prediction. Start at {@link
 * io.github.repvgg4j.data.ImageReader} and {@link io.github.repvgg4j.data.ImagePreprocessor}.
 */
package io.github.repvgg4j.data;
