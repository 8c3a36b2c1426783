package io.github.repvgg4j.train.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link RunLog} where another library logs, as on a Spark cluster. */
record PlainRunLog(Path file) implements RunLog {

  private static final Logger LOG = LoggerFactory.getLogger(PlainRunLog.class);

  @Override
  public void line(String text) {
    LocalDateTime now = LocalDateTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS);
    try {
      Files.writeString(
          file, now + " " + text + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      LOG.warn("{}: cannot be written: {}", file, e.getMessage());
    }
  }

  @Override
  public void close() {}
}
