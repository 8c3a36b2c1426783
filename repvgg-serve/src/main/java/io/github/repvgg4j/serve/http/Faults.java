package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.serve.fault.RequestFault;
import java.util.concurrent.CompletionException;

/** Faults through the steps of a {@link java.util.concurrent.CompletableFuture}. */
final class Faults {

  private Faults() {}

  /** A step that a request may fail in. */
  interface Step<T> {
    T run() throws RequestFault;
  }

  static <T> T unchecked(Step<T> step) {
    try {
      return step.run();
    } catch (RequestFault e) {
      throw new CompletionException(e);
    }
  }
}
