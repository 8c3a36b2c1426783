package io.github.repvgg4j.serve.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.JsonTree;
import io.github.repvgg4j.archive.SafeZip;
import java.io.IOException;
import java.util.Optional;

/**
 * What the certificate inside a fast zip claims, as far as it can be told without Deeplearning4j:
 * {@code repvgg-deploy verify} recomputes it.
 *
 * @param verdict {@code within_bound} or {@code not_measured}
 * @param regions fused convolutions
 * @param largestDifference measured over all regions; empty where nothing was measured
 */
public record CertificateFacts(String verdict, int regions, Optional<Double> largestDifference) {

  private static final String ENTRY = "certificate.json";

  /**
   * Reads them.
   *
   * @return empty for a file without a certificate
   * @throws IOException one line, where it is damaged or says that a bound was exceeded
   */
  static Optional<CertificateFacts> read(SafeZip zip) throws IOException {
    if (!zip.has(ENTRY)) {
      return Optional.empty();
    }
    JsonNode json;
    try {
      json = JsonTree.read(zip.read(ENTRY));
    } catch (IOException e) {
      throw new ArchiveException(zip.path() + ": " + ENTRY + " is no JSON; it was damaged", e);
    }
    return Optional.of(of(zip, json));
  }

  private static CertificateFacts of(SafeZip zip, JsonNode json) throws ArchiveException {
    JsonNode regions = json.path("regions");
    if (!regions.isArray()) {
      throw zip.fault(ENTRY + " has no regions; it was damaged");
    }
    Optional<Double> largest = Optional.empty();
    for (JsonNode region : regions) {
      JsonNode measured = region.path("measured");
      if (measured.isNumber()) {
        double difference = measured.asDouble();
        if (!(difference <= region.path("provenBound").asDouble(Double.NaN))) {
          throw zip.fault(
              ENTRY + " says that the region " + region.path("name") + " exceeds its bound");
        }
        largest = Optional.of(Math.max(largest.orElse(0.0), difference));
      }
    }
    return new CertificateFacts(
        largest.isPresent() ? "within_bound" : "not_measured", regions.size(), largest);
  }
}
