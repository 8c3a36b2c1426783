package io.github.repvgg4j.train.run;

import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * The run's {@code run.log}, until it is closed: what this project logs where Logback logs, else
 * the lines of the run itself.
 */
public interface RunLog extends AutoCloseable {

  /** Appends to {@code file}. */
  static RunLog open(Path file) {
    // By name: Logback need not be there at all.
    String library = LoggerFactory.getILoggerFactory().getClass().getName();
    return library.startsWith("ch.qos.logback.") ? LogbackRunLog.open(file) : new PlainRunLog(file);
  }

  /** A line of the run itself, which was logged as well. */
  void line(String text);

  @Override
  void close();
}
