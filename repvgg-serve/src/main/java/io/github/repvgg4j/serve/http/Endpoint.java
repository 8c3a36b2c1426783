package io.github.repvgg4j.serve.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the server answers to, a row each. */
public enum Endpoint {
  SERVER(Access.GUARDED, "GET"),
  LIVE(Access.OPEN, "GET"),
  READY(Access.OPEN, "GET"),
  MODELS(Access.GUARDED, "GET"),
  REPOSITORY_INDEX(Access.GUARDED, "POST"),
  MODEL(Access.GUARDED, "GET"),
  MODEL_READY(Access.GUARDED, "GET"),
  INFER(Access.GUARDED, "POST"),
  /** PUT too, which curl -T sends. */
  PREDICTIONS(Access.GUARDED, "POST", "PUT"),
  METRICS(Access.GUARDED, "GET"),
  /** The page and what belongs to it, which hold nothing of the models. */
  PAGE(Access.OPEN, "GET"),
  /** Nothing there. */
  NONE(Access.OPEN, "GET");

  /** Who may ask. */
  enum Access {
    /** Everybody: probes of orchestrators send no token. */
    OPEN,
    /** With the token, where there is one. */
    GUARDED
  }

  private final Access access;
  private final List<String> methods;

  /**
   * @param methods HEAD goes along with GET, OPTIONS with all
   */
  Endpoint(Access access, String... methods) {
    this.access = access;
    List<String> all = new ArrayList<>(List.of(methods));
    if (all.contains("GET")) {
      all.add("HEAD");
    }
    all.add("OPTIONS");
    this.methods = List.copyOf(all);
  }

  Access access() {
    return access;
  }

  List<String> methods() {
    return methods;
  }

  /** As metrics and the access log name it. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
