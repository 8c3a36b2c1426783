package io.github.repvgg4j.train.run;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import java.io.Closeable;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** Copies what this project logs to the run's {@code run.log} until it is closed. */
public final class RunLog implements Closeable {

  private final Logger logger;
  private final FileAppender<ILoggingEvent> appender;

  private RunLog(Logger logger, FileAppender<ILoggingEvent> appender) {
    this.logger = logger;
    this.appender = appender;
  }

  /** Appends to {@code file}; does nothing where another logging library is in use. */
  public static RunLog open(Path file) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return new RunLog(null, null);
    }
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%d{yyyy-MM-dd HH:mm:ss} %-5level %msg%n");
    encoder.start();
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setContext(context);
    appender.setName("run-" + file);
    appender.setFile(file.toString());
    appender.setEncoder(encoder);
    appender.start();
    Logger logger = context.getLogger("io.github.repvgg4j");
    if (logger.getLevel() == null) {
      logger.setLevel(Level.INFO);
    }
    logger.addAppender(appender);
    return new RunLog(logger, appender);
  }

  @Override
  public void close() {
    if (appender != null) {
      logger.detachAppender(appender);
      appender.stop();
    }
  }
}
