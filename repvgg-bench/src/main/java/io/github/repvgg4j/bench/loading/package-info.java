/** Whole epochs of the training loader, beside torchvision's, and what many names cost. */
package io.github.repvgg4j.bench.loading;
