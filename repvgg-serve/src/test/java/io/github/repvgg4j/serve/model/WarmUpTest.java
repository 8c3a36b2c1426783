package io.github.repvgg4j.serve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.serve.batch.BatchOptions;
import io.github.repvgg4j.serve.batch.Scheduler;
import io.github.repvgg4j.spec.InputShape;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The decoder is used before anybody needs it, and nobody waits for that. */
class WarmUpTest {

  private static final ImagePreprocessor PREPROCESSOR =
      new ImagePreprocessor(Preprocessing.IMAGENET, InputShape.square(32));

  private final Scheduler scheduler = new Scheduler(new BatchOptions(1, Duration.ZERO, 1));

  @Test
  void anIdleServerDecodesItsOwnPicture() throws Exception {
    assertThat(new WarmUp(scheduler).run(PREPROCESSOR)).isPositive();
  }

  @Test
  void aBusyServerDoesNot() throws Exception {
    scheduler.decode(System.nanoTime(), Optional::empty); // nobody is there to take it
    assertThat(new WarmUp(scheduler).run(PREPROCESSOR)).isZero();
  }

  @Test
  void modelsWithoutPreprocessingHaveNothingToWarmUp() throws Exception {
    new WarmUp(scheduler).run(List.of());
  }

  @Test
  void aServerThatEndsDoesNotWaitForIt() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> new WarmUp(scheduler).run(PREPROCESSOR))
        .isInstanceOf(InterruptedException.class);
  }
}
