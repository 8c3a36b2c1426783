package io.github.repvgg4j.serve.model;

import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.serve.batch.Scheduler;
import io.github.repvgg4j.text.FailureWords;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has Java compile the decoder before it is needed: in the interpreter a photograph takes several
 * times as long. It decodes a picture of its own (waves and noise, nobody's photograph) again and
 * again, and stands back while there are requests, which do the same.
 */
final class WarmUp {

  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final String PICTURE = "warm-up.jpg";

  /** After so many nothing more is gained. */
  private static final int TIMES = 200;

  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long BUSY_MILLIS = 5;

  private final Scheduler scheduler;

  WarmUp(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** By one model, since the code is the same for all. Returns after some seconds at most. */
  void run(Collection<ServedModel> models) throws InterruptedException {
    Optional<ImagePreprocessor> images =
        models.stream().flatMap(model -> model.facts().preprocessor().stream()).findFirst();
    if (images.isPresent()) {
      try {
        run(images.get());
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        LOG.warn("Not warmed up: {}", FailureWords.of(e)); // slower at first, no more
      }
    }
  }

  /** How often the picture was decoded. */
  int run(ImagePreprocessor preprocessor) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    byte[] picture = picture();
    int done = 0;
    while (done < TIMES && System.nanoTime() - begun < MOST_NANOS) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (scheduler.idle()) {
        preprocessor.apply(ImageReader.decode(PICTURE, picture));
        done++;
      } else {
        Thread.sleep(BUSY_MILLIS);
      }
    }
    return done;
  }

  private static byte[] picture() throws IOException {
    try (InputStream resource = WarmUp.class.getResourceAsStream(PICTURE)) {
      return resource.readAllBytes();
    }
  }
}
