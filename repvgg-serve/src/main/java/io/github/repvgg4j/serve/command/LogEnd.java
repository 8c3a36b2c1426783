package io.github.repvgg4j.serve.command;

import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

/** Lines that a log writes beside the requests are written before the process ends. */
final class LogEnd {

  private LogEnd() {}

  static void flush() {
    try {
      if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
        context.stop();
      }
    } catch (LinkageError e) {
      // another log than Logback
    }
  }
}
