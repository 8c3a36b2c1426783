package io.github.repvgg4j.train.run;

import java.io.IOException;

/**
 * A run's folder can't be used as asked. The message is one line: which folder, why, what to do.
 */
public final class RunRefusedException extends IOException {

  private static final long serialVersionUID = 1L;

  RunRefusedException(String message) {
    super(message);
  }
}
