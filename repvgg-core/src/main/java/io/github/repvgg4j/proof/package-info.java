/**
 * The proof that goes with a fused network: a {@link io.github.repvgg4j.proof.Certificate} of every
 * region's bound and measured difference, its check, and the training form kept beside the fused
 * one ({@link io.github.repvgg4j.proof.TrainingForm}).
 */
package io.github.repvgg4j.proof;
