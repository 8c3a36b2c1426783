package io.github.repvgg4j.train.run;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** {@link RunLog} where Logback logs. */
final class LogbackRunLog implements RunLog {

  private final Logger logger;
  private final FileAppender<ILoggingEvent> appender;

  private LogbackRunLog(Logger logger, FileAppender<ILoggingEvent> appender) {
    this.logger = logger;
    this.appender = appender;
  }

  static LogbackRunLog open(Path file) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setCharset(StandardCharsets.UTF_8);
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
    return new LogbackRunLog(logger, appender);
  }

  @Override
  public void line(String text) {
    // the appender has it
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
    appender.stop();
  }
}
