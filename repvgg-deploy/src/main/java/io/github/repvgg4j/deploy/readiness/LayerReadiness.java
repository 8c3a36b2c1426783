package io.github.repvgg4j.deploy.readiness;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * How the weights of one fused layer bear integers.
 *
 * @param layer its name
 * @param perChannelDb signal to noise of its weights in integers with a scale for each output
 *     channel, dB
 * @param perTensorDb the same with one scale
 * @param maxOverStd largest magnitude of a weight over their standard deviation
 * @param centreShare share of the output channels whose largest weight is the centre tap of their
 *     own channel, which is where an identity branch goes, 0 to 1; null where the layer can have no
 *     identity branch
 * @param identityScale largest {@code |gamma| / sqrt(variance + eps)} of the identity branch's
 *     BatchNorm, the factor that QARepVGG blames (Chu et al., arXiv 2212.01593, section 3); null
 *     where there is no such branch at hand
 * @param naiveNoiseDb noise to signal that this layer is expected to add under the naive scheme, dB
 * @param schemeNoiseDb the same with a scale for each channel
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LayerReadiness(
    String layer,
    double perChannelDb,
    double perTensorDb,
    double maxOverStd,
    Double centreShare,
    Double identityScale,
    double naiveNoiseDb,
    double schemeNoiseDb) {}
