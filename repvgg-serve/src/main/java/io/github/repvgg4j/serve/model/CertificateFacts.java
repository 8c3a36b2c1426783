package io.github.repvgg4j.serve.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.JsonTree;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;

/**
 * What the certificate inside a fast zip claims, as far as it can be told without Deeplearning4j;
 * {@code repvgg-deploy verify} computes it again.
 *
 * @param verdict {@code within_bound} or {@code not_measured}
 * @param regions fused convolutions
 * @param largestDifference measured over all regions; empty where nothing was measured
 */
public record CertificateFacts(String verdict, int regions, Optional<Double> largestDifference) {

  private static final String ENTRY = "certificate.json";
  private static final String SEAL = "seal";
  private static final JsonFactory FACTORY = new JsonFactory();

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
    byte[] bytes = zip.read(ENTRY);
    JsonNode json;
    try {
      json = JsonTree.read(bytes);
      if (!seal(bytes).equals(json.path(SEAL).asText())) {
        throw zip.fault(ENTRY + " was altered after it was written: its seal does not match");
      }
    } catch (ArchiveException e) {
      throw e;
    } catch (IOException e) {
      throw new ArchiveException(zip.path() + ": " + ENTRY + " is no JSON; it was damaged", e);
    }
    return Optional.of(of(zip, json));
  }

  /** SHA-256 of all but the seal, without blanks: as it was computed when it was written. */
  private static String seal(byte[] certificate) throws IOException {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    try (JsonParser in = FACTORY.createParser(certificate);
        JsonGenerator out = FACTORY.createGenerator(rest)) {
      int depth = 0;
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        if (depth == 1 && token == JsonToken.FIELD_NAME && in.currentName().equals(SEAL)) {
          in.nextToken();
          in.skipChildren();
          continue;
        }
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        out.copyCurrentEvent(in);
      }
    }
    return Sha256.of(rest.toByteArray());
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
