package io.github.repvgg4j.train.run;

/**
 * The run's {@code run.log}, until it is closed: what this project logs where Logback logs, else
 * the lines of the run itself.
 */
public interface RunLog extends AutoCloseable {

  /** A line of the run itself, which was logged as well. */
  void line(String text);

  @Override
  void close();
}
