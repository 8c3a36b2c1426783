package io.github.repvgg4j.train.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.train.run.EventReader.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Event files for TensorBoard. */
class EventFileTest {

  /** What tensorboard 2's own RecordWriter makes of the two epochs. */
  private static final String TENSORBOARD =
      "GAAAAAAAAACjf0siCQAAEED8VNlBGg1icmFpbi5FdmVudDoyM40v6WsAAAAAAAAAh++m4QkAADBD/FTZQRCsAipd"
          + "CgwKBWVwb2NoFQAAgD8KEQoKdHJhaW4vbG9zcxUAACBAChoKE3RyYWluL2xlYXJuaW5nX3JhdGUVzczMPQoeChd0"
          + "cmFpbi9pbWFnZXNfcGVyX3NlY29uZBUAUJpEtOfFuKwAAAAAAAAA95YEMgkAAIBG/FTZQRDYBCqdAQoMCgVlcG9j"
          + "aBUAAABAChEKCnRyYWluL2xvc3MVAADAPwoaChN0cmFpbi9sZWFybmluZ19yYXRlFc3MTD0KHgoXdHJhaW4vaW1h"
          + "Z2VzX3Blcl9zZWNvbmQVAACWRAoPCgh2YWwvbG9zcxUAAKA/ChMKDHZhbC9hY2N1cmFjeRUAACA/ChgKEXZhbC9h"
          + "Y2N1cmFjeV90b3A1FQAAcD/3q3SX";

  private static final double START = 1_700_000_000.25;
  private static final EpochMetrics UNTESTED =
      EpochMetrics.of(new EpochMetrics.Trained(1, 300, 0.1, 2.5, 1234.5), TestFigures.NONE, 12.5);
  private static final EpochMetrics TESTED =
      EpochMetrics.of(
          new EpochMetrics.Trained(2, 600, 0.05, 1.5, 1200),
          new TestFigures(1.25, 0.625, 0.9375, null, null, null, null, null),
          25.75);

  @TempDir Path temp;

  private Path file() {
    return temp.resolve(RunFiles.EVENTS);
  }

  private void write(EpochMetrics... metrics) throws IOException {
    new EventFile(file()).write(List.of(metrics));
  }

  private List<Event> read() throws IOException {
    return EventReader.read(Files.readAllBytes(file()));
  }

  @Test
  void bytesAreThoseOfTensorboardsOwnWriter() throws IOException {
    assertThat(TensorBoardEvents.of(List.of(UNTESTED, TESTED), START))
        .isEqualTo(Base64.getDecoder().decode(TENSORBOARD));
  }

  @Test
  void eventsAreReadAsTheEpochsAre() throws IOException {
    write(UNTESTED, TESTED);
    List<Event> events = read();
    assertThat(events).hasSize(3);
    assertThat(events.get(0).version()).isEqualTo("brain.Event:2");
    assertThat(events.get(1).scalars())
        .containsOnlyKeys("epoch", "train/loss", "train/learning_rate", "train/images_per_second")
        .containsEntry("train/loss", 2.5f);
    assertThat(events.get(2).step()).isEqualTo(600);
    assertThat(events.get(2).scalars()).containsEntry("val/accuracy", 0.625f).hasSize(7);
    assertThat(events.get(2).wallTime() - events.get(1).wallTime()).isEqualTo(13.25);
    assertThat(events.get(2).wallTime()).isLessThanOrEqualTo(System.currentTimeMillis() / 1000.0);
  }

  /** TensorBoard holds the file open and waits for more. */
  @Test
  void whatIsThereStaysAndMoreIsAddedAtTheEnd() throws IOException {
    write();
    byte[] empty = Files.readAllBytes(file());
    Object key = key();
    write(UNTESTED);
    write(UNTESTED);
    write(UNTESTED, TESTED);
    byte[] all = Files.readAllBytes(file());
    assertThat(Arrays.copyOf(all, empty.length)).isEqualTo(empty);
    assertThat(key()).as("the same file").isEqualTo(key);
    assertThat(read()).hasSize(3);
  }

  private Object key() throws IOException {
    return Files.readAttributes(file(), BasicFileAttributes.class).fileKey();
  }

  @Test
  void epochsAfterTheOneThatARunGoesOnFromAreTakenOut() throws IOException {
    write(UNTESTED, TESTED);
    double start = read().get(0).wallTime();
    write(UNTESTED);
    assertThat(read()).extracting(Event::step).containsExactly(0L, 300L);
    assertThat(read().get(0).wallTime()).as("the run's start").isEqualTo(start);
    write(UNTESTED, TESTED);
    assertThat(read()).extracting(Event::step).containsExactly(0L, 300L, 600L);
  }

  @Test
  void tornTailAndForeignFilesAreReplaced() throws IOException {
    write(UNTESTED, TESTED);
    byte[] whole = Files.readAllBytes(file());
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(file(), Arrays.copyOf(whole, length));
      write(UNTESTED, TESTED);
      assertThat(read()).hasSize(3);
    }
    Files.writeString(file(), "not an event file at all, and long enough to be mistaken for one");
    write(UNTESTED, TESTED);
    assertThat(read()).hasSize(3);
  }
}
