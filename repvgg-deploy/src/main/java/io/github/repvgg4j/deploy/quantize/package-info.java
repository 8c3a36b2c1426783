/**
 * A fast zip to an INT8 zip: calibrated on training images, measured on test images, refused where
 * it loses too much. Start at {@link io.github.repvgg4j.deploy.quantize.FastZipQuantizer}.
 */
package io.github.repvgg4j.deploy.quantize;
