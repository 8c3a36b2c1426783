package io.github.repvgg4j.serve.http;

/** The life of a server. */
public enum Stage {
  /** Answers. */
  SERVING,
  /** Answers still, but says that it is not ready, and closes connections behind their answers. */
  DRAINING,
  /** Takes no new connection. */
  ENDING
}
