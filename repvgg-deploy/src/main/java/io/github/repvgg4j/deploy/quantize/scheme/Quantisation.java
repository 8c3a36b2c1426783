package io.github.repvgg4j.deploy.quantize.scheme;

/**
 * A network quantised, and how well.
 *
 * @param integers what it came to
 * @param equalised pairs of layers whose channels were brought to like ranges; 0 where that was not
 *     asked for or did not help
 * @param logitSqnrDb signal to noise of the logits on the calibration images that nothing was
 *     fitted to, dB
 */
public record Quantisation(Integers integers, int equalised, double logitSqnrDb) {}
