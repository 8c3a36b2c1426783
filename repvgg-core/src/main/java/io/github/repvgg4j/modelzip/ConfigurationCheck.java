package io.github.repvgg4j.modelzip;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.SafeZip;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * DL4J's JSON names the classes to build. Only those of DL4J, ND4J and this project are let
 * through, so that a file cannot have any other class of the class path instantiated.
 */
final class ConfigurationCheck {

  /** Comma-separated package prefixes that the user vouches for. */
  static final String TRUSTED_PROPERTY = "repvgg.trustedClasses";

  private static final List<String> KNOWN =
      List.of("org.deeplearning4j.", "org.nd4j.", "io.github.repvgg4j.");

  private ConfigurationCheck() {}

  /** Fails when the configuration is no JSON or names a class that is not to be trusted. */
  static JsonNode check(SafeZip zip, byte[] json) throws IOException {
    JsonNode root;
    try {
      root = new ObjectMapper().readTree(json);
    } catch (IOException e) {
      throw new ArchiveException(zip.path() + ": configuration.json is not JSON; damaged file?", e);
    }
    if (root == null || !root.isObject()) {
      throw zip.fault("configuration.json is empty; damaged file?");
    }
    List<String> prefixes = new ArrayList<>(KNOWN);
    Stream.of(System.getProperty(TRUSTED_PROPERTY, "").split(","))
        .map(String::trim)
        .filter(prefix -> !prefix.isEmpty())
        .forEach(prefixes::add);
    for (String name : root.findValuesAsText("@class")) {
      checkClass(zip, name, prefixes);
    }
    return root;
  }

  private static void checkClass(SafeZip zip, String name, List<String> prefixes)
      throws ArchiveException {
    if (prefixes.stream().noneMatch(name::startsWith)) {
      throw zip.fault(
          "configuration.json names class "
              + name
              + ", which is not one of DL4J's; not loaded (if you trust it: -D"
              + TRUSTED_PROPERTY
              + "="
              + name
              + ")");
    }
    try {
      Class.forName(name, false, ConfigurationCheck.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      throw new ArchiveException(
          zip.path()
              + ": needs class "
              + name
              + ", which is not on the class path; add the library that has it",
          e);
    }
  }
}
