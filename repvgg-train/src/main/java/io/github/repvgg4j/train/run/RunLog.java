package io.github.repvgg4j.train.run;

import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** Copies what this project logs to the run's {@code run.log} until it is closed. */
public interface RunLog extends AutoCloseable {

  /** Appends to {@code file}; does nothing where another logging library is in use. */
  static RunLog open(Path file) {
    // By name: Logback need not be there at all.
    String library = LoggerFactory.getILoggerFactory().getClass().getName();
    return library.startsWith("ch.qos.logback.") ? LogbackRunLog.open(file) : () -> {};
  }

  @Override
  void close();
}
