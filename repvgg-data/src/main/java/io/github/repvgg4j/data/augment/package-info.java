/**
 * What chance does to training images; an image, an epoch and a seed always meet the same.
 * Definitions follow torchvision and Pillow.
 */
package io.github.repvgg4j.data.augment;
