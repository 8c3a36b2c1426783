package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.serve.model.ModelId;
import java.util.List;
import java.util.Optional;

/**
 * What a path means.
 *
 * @param model its name, for endpoints of one model
 * @param version the highest if not said
 */
record Target(Endpoint endpoint, Optional<String> model, Optional<Integer> version) {

  private static final Target NONE = of(Endpoint.NONE);

  private static Target of(Endpoint endpoint) {
    return new Target(endpoint, Optional.empty(), Optional.empty());
  }

  /** Of a path without its query; {@link Endpoint#NONE} for all that the server doesn't know. */
  static Target of(String path) {
    if (PageFiles.has(path)) {
      return of(Endpoint.PAGE);
    }
    List<String> parts = List.of(path.substring(Math.min(1, path.length())).split("/", -1));
    return switch (parts.get(0)) {
      case "metrics" -> parts.size() == 1 ? of(Endpoint.METRICS) : NONE;
      case "ping" -> parts.size() == 1 ? of(Endpoint.READY) : NONE;
      case "predictions" -> predictions(parts.subList(1, parts.size()));
      case "v2" -> second(parts.subList(1, parts.size()));
      default -> NONE;
    };
  }

  /** {@code NAME} or {@code NAME/VERSION}, as TorchServe has it. */
  private static Target predictions(List<String> parts) {
    return switch (parts.size()) {
      case 1 -> model(Endpoint.PREDICTIONS, parts.get(0));
      case 2 -> model(Endpoint.PREDICTIONS, parts.get(0), parts.get(1));
      default -> NONE;
    };
  }

  /** Behind {@code /v2}: the Open Inference Protocol. */
  private static Target second(List<String> parts) {
    if (parts.isEmpty()) {
      return of(Endpoint.SERVER);
    }
    return switch (String.join("/", parts)) {
      case "health/live" -> of(Endpoint.LIVE);
      case "health/ready" -> of(Endpoint.READY);
      case "models" -> of(Endpoint.MODELS);
      case "repository/index" -> of(Endpoint.REPOSITORY_INDEX);
      default ->
          parts.get(0).equals("models") && parts.size() > 1
              ? models(parts.get(1), parts.subList(2, parts.size()))
              : NONE;
    };
  }

  private static Target models(String name, List<String> parts) {
    if (parts.size() >= 2 && parts.get(0).equals("versions")) {
      return last(parts.subList(2, parts.size()))
          .map(endpoint -> model(endpoint, name, parts.get(1)))
          .orElse(NONE);
    }
    return last(parts).map(endpoint -> model(endpoint, name)).orElse(NONE);
  }

  private static Optional<Endpoint> last(List<String> parts) {
    return switch (String.join("/", parts)) {
      case "" -> parts.isEmpty() ? Optional.of(Endpoint.MODEL) : Optional.empty();
      case "ready" -> Optional.of(Endpoint.MODEL_READY);
      case "infer" -> Optional.of(Endpoint.INFER);
      default -> Optional.empty();
    };
  }

  private static Target model(Endpoint endpoint, String name) {
    return name.isEmpty() ? NONE : new Target(endpoint, Optional.of(name), Optional.empty());
  }

  private static Target model(Endpoint endpoint, String name, String version) {
    Optional<Integer> number = ModelId.version(version);
    return name.isEmpty() || number.isEmpty()
        ? NONE
        : new Target(endpoint, Optional.of(name), number);
  }
}
