package io.github.repvgg4j.serve.metrics;

import java.util.Locale;

/** Where the time of a request goes. */
public enum Phase {
  /** The body on its way. */
  RECEIVE,
  /** From bytes to pixels to the network's input, with waiting for a core. */
  DECODE,
  /** Ready, until its batch begins. */
  WAIT,
  /** Its batch in the network. */
  COMPUTE,
  /** All of it, from the first header to the last byte of the answer. */
  TOTAL;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
