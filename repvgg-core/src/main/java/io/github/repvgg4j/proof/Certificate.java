package io.github.repvgg4j.proof;

import io.github.repvgg4j.rewrite.FuseOptions;
import java.util.List;
import java.util.Optional;

/**
 * What was fused, how far the result can be from the original, and how far it is on real inputs.
 * Kept in the zip's entry {@link #ENTRY}. It detects accidents and alterations of the network; it
 * is no signature: who can rewrite the zip can write a new certificate.
 *
 * @param engineVersion of the program that fused
 * @param sourceHash sha256 of the original's configuration and parameters
 * @param fusedHash sha256 of the fused network's configuration and parameters
 * @param options what the fuser was told; {@code strict} is not kept
 * @param inputs what was measured on; empty where nothing was measured, and then bounds hold for
 *     regions whose inputs stay within 1
 * @param regions one for each fused convolution, in the order of computation
 * @param refused what is linear and was left, as text
 * @param outputDifference largest |fused - original| over the network's outputs; empty where
 *     nothing was measured
 * @param integers sha256 of {@code int8.json}, which holds those of all integers; empty where the
 *     file is no INT8 zip
 */
public record Certificate(
    String engineVersion,
    String sourceHash,
    String fusedHash,
    FuseOptions options,
    Optional<Inputs> inputs,
    List<RegionProof> regions,
    List<String> refused,
    Optional<Double> outputDifference,
    Optional<String> integers) {

  /** Name of the zip's entry. */
  public static final String ENTRY = "certificate.json";

  /** Whether the certificate's claims hold. */
  public enum Verdict {
    /** Every measured difference is within its proven bound. */
    WITHIN_BOUND,
    /** Nothing was measured: bounds only. */
    NOT_MEASURED,
    /** At least one region differs by more than its bound. */
    EXCEEDED
  }

  /**
   * What was measured on.
   *
   * @param hash sha256 of shape and numbers
   * @param shape of the first network input, {@code [N, C, H, W]}
   * @param origin where they come from, such as "standard normal, seed 1"
   */
  public record Inputs(String hash, List<Long> shape, String origin) {

    public Inputs {
      shape = List.copyOf(shape);
    }
  }

  /**
   * One fused region.
   *
   * @param name of the convolution in the fused network
   * @param members names of what it replaces
   * @param laws names of the laws used
   * @param kernelHash sha256 of its parameters
   * @param provenBound never exceeded on the inputs measured, nor on others that are no larger
   * @param estimatedBound the same with roundings taken as independent
   * @param measured largest difference on the inputs, both forms given the same tensor
   */
  public record RegionProof(
      String name,
      List<String> members,
      List<String> laws,
      String kernelHash,
      double provenBound,
      double estimatedBound,
      Optional<Double> measured) {

    public RegionProof {
      members = List.copyOf(members);
      laws = List.copyOf(laws);
    }

    /** Proven bound over measured difference; empty where that is unknown or zero. */
    public Optional<Double> looseness() {
      return measured.filter(m -> m > 0).map(m -> provenBound / m);
    }

    boolean isWithinBound() {
      return measured.map(m -> m <= provenBound).orElse(true);
    }
  }

  public Certificate {
    regions = List.copyOf(regions);
    refused = List.copyOf(refused);
  }

  /** The same of a file that holds integers too. */
  public Certificate withIntegers(String sha256) {
    return new Certificate(
        engineVersion,
        sourceHash,
        fusedHash,
        options,
        inputs,
        regions,
        refused,
        outputDifference,
        Optional.of(sha256));
  }

  /** The verdict that follows from the figures. */
  public Verdict verdict() {
    if (!regions.stream().allMatch(RegionProof::isWithinBound)) {
      return Verdict.EXCEEDED;
    }
    return inputs.isPresent() ? Verdict.WITHIN_BOUND : Verdict.NOT_MEASURED;
  }
}
