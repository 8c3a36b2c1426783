/**
 * The algebra of structural re-parameterization: pure functions on float64 kernels, no network in
 * sight. A {@link io.github.repvgg4j.reparam.Branch} is what is to be fused, a {@link
 * io.github.repvgg4j.reparam.LinearConv} what comes out, {@link
 * io.github.repvgg4j.reparam.ConvolutionLaws} says how and {@link io.github.repvgg4j.reparam.Axis}
 * when it is exact.
 */
package io.github.repvgg4j.reparam;
