/**
 * JPEG (ITU-T T.81), to the bit what libjpeg-turbo makes of it with its accurate inverse transform
 * and smooth upsampling, which are its defaults and those of OpenCV, Pillow and torchvision.
 */
package io.github.repvgg4j.data.jpeg;
