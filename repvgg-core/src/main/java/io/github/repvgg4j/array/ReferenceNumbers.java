package io.github.repvgg4j.array;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What others are compared with. A reference that is zero throughout, or one number throughout, is
 * what memory holds that nobody computed: agreeing with it proves nothing.
 */
public final class ReferenceNumbers {

  private ReferenceNumbers() {}

  /**
   * Why a comparison with these numbers would prove nothing; empty where it proves something.
   *
   * @param reference of any shape; a single number is no constant
   */
  public static Optional<String> flaw(INDArray reference) {
    double least = reference.minNumber().doubleValue();
    double most = reference.maxNumber().doubleValue();
    if (!FiniteNumbers.are(reference)) {
      return Optional.of("is not finite");
    }
    if (least == 0 && most == 0) {
      return Optional.of("is zero throughout");
    }
    return least == most && reference.length() > 1
        ? Optional.of("is " + least + " throughout")
        : Optional.empty();
  }
}
