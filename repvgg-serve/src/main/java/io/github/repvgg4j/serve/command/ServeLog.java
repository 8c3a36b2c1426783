package io.github.repvgg4j.serve.command;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;

/**
 * The program's log, in Java: reading the same from XML takes a tenth of the start. To standard
 * error: what happens, and a JSON line for each request. Whoever reads too slowly, or has a full
 * disk, loses lines; no request waits for a log.
 *
 * <p>Logback finds it by {@code META-INF/services}, in every program that has this jar; it keeps
 * out of all but the server's, and of that too where the user has a configuration of his own.
 */
public final class ServeLog extends ContextAwareBase implements Configurator {

  private static final int WAITING_LINES = 4096;
  private static final int FLUSH_MILLIS = 500;

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty(ServeMain.OWN_LOG) == null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(console(context, "%-5level %logger{0}: %msg%n"));
    context.getLogger("io.github.repvgg4j.serve").setLevel(Level.INFO);
    context.getLogger("org.deeplearning4j.nn.conf.inputs.InputType").setLevel(Level.ERROR);
    Logger access = context.getLogger("repvgg.access");
    access.setLevel(Level.INFO);
    access.setAdditive(false);
    access.addAppender(beside(context, console(context, "%msg%n")));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static ConsoleAppender<ILoggingEvent> console(LoggerContext context, String pattern) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setPattern(pattern);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    return appender;
  }

  /** Written by a thread of its own. */
  private static AsyncAppender beside(
      LoggerContext context, ConsoleAppender<ILoggingEvent> appender) {
    AsyncAppender beside = new AsyncAppender();
    beside.setContext(context);
    beside.setQueueSize(WAITING_LINES);
    beside.setDiscardingThreshold(0);
    beside.setNeverBlock(true);
    beside.setMaxFlushTime(FLUSH_MILLIS);
    beside.addAppender(appender);
    beside.start();
    return beside;
  }
}
