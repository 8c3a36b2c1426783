package io.github.repvgg4j.archive;

import io.github.repvgg4j.spec.RepVggSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a model zip says of itself, kept in its entry {@code repvgg.json}. DL4J ignores the entry; a
 * zip without it is a plain DL4J model.
 *
 * @param form training or fast
 * @param spec the RepVGG structure, empty for other networks
 * @param labels class names in the order of the outputs; empty where unknown
 * @param preprocessing from image to input; empty where unknown
 * @param provenance where it comes from: program version, seed, data, sha256 of parents; sorted by
 *     key
 */
public record ModelMetadata(
    Form form,
    Optional<RepVggSpec> spec,
    List<String> labels,
    Optional<Preprocessing> preprocessing,
    Map<String, String> provenance) {

  /** How the keys of provenance begin that tell of a file's integers. */
  public static final String QUANTIZED = "quantized.";

  /** The two lives of a network. */
  public enum Form {
    /** Several branches and BatchNorm: can be trained on. */
    TRAINING,
    /** Fused: for inference. */
    FAST
  }

  public ModelMetadata {
    labels = List.copyOf(labels);
    provenance = java.util.Collections.unmodifiableMap(new TreeMap<>(provenance));
    int classes = spec.map(RepVggSpec::numClasses).orElse(labels.size());
    if (!labels.isEmpty() && labels.size() != classes) {
      throw new IllegalArgumentException(
          "labels: the network has " + classes + " classes, got " + labels.size() + " labels");
    }
  }

  /** A network that says nothing of itself. */
  public static ModelMetadata unknown(Form form) {
    return new ModelMetadata(form, Optional.empty(), List.of(), Optional.empty(), Map.of());
  }

  /** A RepVGG network; add the rest with the {@code with} methods. */
  public static ModelMetadata of(Form form, RepVggSpec spec) {
    return new ModelMetadata(form, Optional.of(spec), List.of(), Optional.empty(), Map.of());
  }

  public ModelMetadata withForm(Form newForm) {
    return new ModelMetadata(newForm, spec, labels, preprocessing, provenance);
  }

  public ModelMetadata withLabels(List<String> newLabels) {
    return new ModelMetadata(form, spec, newLabels, preprocessing, provenance);
  }

  public ModelMetadata withPreprocessing(Preprocessing newPreprocessing) {
    return new ModelMetadata(form, spec, labels, Optional.of(newPreprocessing), provenance);
  }

  /** The same with one more line of provenance. */
  public ModelMetadata withProvenance(String key, String value) {
    Map<String, String> more = new TreeMap<>(provenance);
    more.put(key, value);
    return new ModelMetadata(form, spec, labels, preprocessing, more);
  }

  /** The same without the lines of provenance whose keys begin so. */
  public ModelMetadata withoutProvenance(String prefix) {
    Map<String, String> left = new TreeMap<>(provenance);
    left.keySet().removeIf(key -> key.startsWith(prefix));
    return new ModelMetadata(form, spec, labels, preprocessing, left);
  }

  /** The name of class {@code index}, or its number where labels are unknown. */
  public String label(int index) {
    return labels.isEmpty() ? Integer.toString(index) : labels.get(index);
  }
}
