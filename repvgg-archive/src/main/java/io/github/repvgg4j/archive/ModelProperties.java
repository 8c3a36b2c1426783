package io.github.repvgg4j.archive;

import static java.util.stream.Collectors.joining;

import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.text.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@link ModelMetadata} as pairs of text, as ONNX files hold them; all but the structure. */
public final class ModelProperties {

  /** What the file's input is: {@link #PIXELS} or {@link #NORMALISED}. */
  public static final String INPUT = "input";

  /** Values from 0 to 255, which the file normalises. */
  public static final String PIXELS = "pixels";

  public static final String NORMALISED = "normalised";

  private static final String FORM = "form";
  private static final String LABELS = "labels";
  private static final String MEAN = "mean";
  private static final String STD = "std";
  private static final String CROP_FRACTION = "cropFraction";
  private static final String PROVENANCE = "provenance.";

  private ModelProperties() {}

  /** Labels one a line, their own line breaks escaped; numbers as {@code [0.485, 0.456, 0.406]}. */
  public static Map<String, String> of(ModelMetadata metadata) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put(FORM, metadata.form().name());
    if (!metadata.labels().isEmpty()) {
      properties.put(LABELS, metadata.labels().stream().map(Printable::of).collect(joining("\n")));
    }
    metadata
        .preprocessing()
        .ifPresent(
            p -> {
              properties.put(MEAN, p.mean().toString());
              properties.put(STD, p.std().toString());
              properties.put(CROP_FRACTION, Double.toString(p.cropFraction()));
            });
    metadata.provenance().forEach((key, value) -> properties.put(PROVENANCE + key, value));
    return properties;
  }

  /**
   * The other way; what is not there is unknown.
   *
   * @throws IllegalArgumentException where a value can't be: its key, and what it is
   */
  public static ModelMetadata read(Map<String, String> properties) {
    Map<String, String> provenance = new TreeMap<>();
    properties.forEach(
        (key, value) -> {
          if (key.startsWith(PROVENANCE)) {
            provenance.put(key.substring(PROVENANCE.length()), value);
          }
        });
    String labels = properties.get(LABELS);
    return new ModelMetadata(
        Form.FAST.name().equals(properties.get(FORM)) ? Form.FAST : Form.TRAINING,
        Optional.empty(),
        labels == null ? List.of() : List.of(labels.split("\n", -1)),
        preprocessing(properties),
        provenance);
  }

  private static Optional<Preprocessing> preprocessing(Map<String, String> properties) {
    if (!properties.containsKey(MEAN) || !properties.containsKey(STD)) {
      return Optional.empty();
    }
    List<Double> crop = numbers(CROP_FRACTION, properties.getOrDefault(CROP_FRACTION, "1").trim());
    return Optional.of(
        new Preprocessing(
            numbers(MEAN, properties.get(MEAN)), numbers(STD, properties.get(STD)), crop.get(0)));
  }

  private static List<Double> numbers(String key, String text) {
    List<Double> numbers = new ArrayList<>();
    try {
      for (String number : text.replaceAll("^\\[|]$", "").split(",")) {
        numbers.add(Double.valueOf(number.trim()));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + ": " + text + " is no list of numbers", e);
    }
    return numbers;
  }
}
