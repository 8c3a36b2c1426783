/**
 * The device in plain Java arithmetic on the host's arrays: what cuDNN and cuBLAS document, without
 * a card, and a judge of lifetimes and order that a card does not have.
 */
package io.github.repvgg4j.cuda.reference;
