package io.github.repvgg4j.train.run;

/**
 * What a test came to; each figure is null where it says nothing, such as top-1 where classes do
 * not exclude each other.
 *
 * @param loss mean over the images
 * @param top1 share whose likeliest class is the true one
 * @param top5 share whose five likeliest classes hold the true one
 * @param balancedAccuracy mean over the classes of the share of each that was recognised
 * @param meanAveragePrecision mean over the classes of the average precision
 * @param microF1 of all answers together, at a threshold of 0.5
 * @param macroF1 the mean over the classes, likewise
 * @param exactMatch share of the images whose classes are all answered and no other, likewise
 */
public record TestFigures(
    Double loss,
    Double top1,
    Double top5,
    Double balancedAccuracy,
    Double meanAveragePrecision,
    Double microF1,
    Double macroF1,
    Double exactMatch) {

  /** Of an epoch that was not tested. */
  public static final TestFigures NONE =
      new TestFigures(null, null, null, null, null, null, null, null);

  /** Where each image has one class. */
  public static TestFigures ofOneClass(
      double loss, double top1, double top5, double balancedAccuracy) {
    return new TestFigures(loss, top1, top5, balancedAccuracy, null, null, null, null);
  }

  /** Where each class stands by itself. */
  public static TestFigures ofSeveralClasses(
      double loss, double meanAveragePrecision, double microF1, double macroF1, double exactMatch) {
    return new TestFigures(
        loss, null, null, null, meanAveragePrecision, microF1, macroF1, exactMatch);
  }
}
