/**
 * What the training chain asks of a CUDA device: memory, order, and the dozen calls of cuDNN and
 * cuBLAS that make a step.
 */
package io.github.repvgg4j.cuda.device;
