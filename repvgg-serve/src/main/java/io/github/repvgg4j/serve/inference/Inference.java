package io.github.repvgg4j.serve.inference;

import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.format.EncodedImage;
import io.github.repvgg4j.data.format.FormatFault;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.serve.batch.Decoded;
import io.github.repvgg4j.serve.batch.Row;
import io.github.repvgg4j.serve.batch.Scheduler;
import io.github.repvgg4j.serve.fault.FaultKind;
import io.github.repvgg4j.serve.fault.RequestFault;
import io.github.repvgg4j.serve.metrics.Phase;
import io.github.repvgg4j.serve.metrics.ServeMetrics;
import io.github.repvgg4j.serve.model.ServedModel;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.text.Count;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** From images or tensors to logits, whoever asks: admission, deadline, decoding, computing. */
public final class Inference {

  private static final RequestFault TOO_LARGE_NUMBERS =
      RequestFault.bad("images: numbers so large that the network answers NaN or infinity");

  private static final RequestFault DAMAGED =
      new RequestFault(
          FaultKind.FAILED,
          "the network answers NaN or infinity: its weights are damaged, or too large to compute"
              + " with");

  private final InferenceOptions options;
  private final Scheduler scheduler;
  private final ScheduledThreadPoolExecutor timer;
  private final ServeMetrics metrics;
  private final Admission admission;

  /**
   * @param timer ends what takes too long
   */
  public Inference(
      InferenceOptions options,
      Scheduler scheduler,
      ScheduledThreadPoolExecutor timer,
      ServeMetrics metrics) {
    this.options = options;
    this.scheduler = scheduler;
    this.timer = timer;
    this.metrics = metrics;
    this.admission =
        new Admission(options.queueImages(), options.maxWait(), scheduler.options().cores());
  }

  public InferenceOptions options() {
    return options;
  }

  /** Images that a request may have. */
  public int maxImages() {
    return admission.limit();
  }

  /** Images that have been let in and have no answer yet. */
  public int inside() {
    return admission.inside();
  }

  /**
   * Encoded images.
   *
   * @param encoded files' contents, 1 or more; not changed
   * @param deadline from now on
   * @throws RequestFault where the model takes none, or the queue is full
   */
  public Job images(ServedModel model, List<byte[]> encoded, Duration deadline)
      throws RequestFault {
    ImagePreprocessor preprocessor =
        model
            .facts()
            .preprocessor()
            .orElseThrow(
                () ->
                    RequestFault.bad(
                        "the model "
                            + model.id().name()
                            + " doesn't say how images become its input; send FP32 tensors"));
    long now = System.nanoTime();
    Job job = begin(encoded.size(), deadline, DAMAGED);
    AtomicReferenceArray<byte[]> files = new AtomicReferenceArray<>(encoded.toArray(new byte[0][]));
    job.answer().whenComplete((results, failure) -> clear(files));
    for (int i = 0; i < files.length(); i++) {
      int index = i;
      String name = files.length() == 1 ? "the image" : "image " + i;
      scheduler.decode(
          now,
          () -> {
            byte[] file = files.getAndSet(index, null);
            return file == null
                ? Optional.empty()
                : decode(job, index, name, file, model, preprocessor, now);
          });
    }
    return job;
  }

  /** What is given up may wait behind others for long, and holds no memory there. */
  private static void clear(AtomicReferenceArray<byte[]> files) {
    for (int i = 0; i < files.length(); i++) {
      files.set(i, null);
    }
  }

  private Optional<Decoded> decode(
      Job job,
      int index,
      String name,
      byte[] encoded,
      ServedModel model,
      ImagePreprocessor preprocessor,
      long arrived) {
    if (job.isDone()) {
      return Optional.empty();
    }
    try {
      requirePixels(name, encoded);
      float[] values = preprocessor.apply(ImageReader.decode(name, encoded));
      long nanos = System.nanoTime() - arrived;
      metrics.time(Phase.DECODE, nanos);
      Row.Listener listener = job.listener(index, nanos);
      Row row = new Row(values, 0, preprocessor.input(), arrived, listener);
      job.add(row);
      return job.isDone() ? Optional.empty() : Optional.of(new Decoded(model.queue(), row));
    } catch (RequestFault e) {
      job.fail(e);
    } catch (BadImageException e) {
      job.fail(new RequestFault(FaultKind.BAD_IMAGE, e.getMessage()));
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      job.fail(new RequestFault(FaultKind.BAD_IMAGE, name + ": can't be processed"));
    }
    return Optional.empty();
  }

  /** Before anything is decoded. */
  private void requirePixels(String name, byte[] encoded) throws RequestFault {
    EncodedImage image;
    try {
      image = EncodedImage.parse(encoded);
    } catch (FormatFault e) {
      throw new RequestFault(FaultKind.BAD_IMAGE, name + ": " + e.getMessage());
    }
    long pixels = (long) image.width() * image.height();
    if (pixels > options.maxPixels()) {
      throw new RequestFault(
          FaultKind.TOO_LARGE,
          name + ": " + pixels + " pixels are more than " + options.maxPixels());
    }
  }

  /**
   * Prepared images.
   *
   * @param values float32 {@code [count, C, H, W]}; not changed
   * @param shape of one
   * @param deadline from now on
   * @throws RequestFault where the queue is full
   */
  public Job tensor(
      ServedModel model, float[] values, int count, InputShape shape, Duration deadline)
      throws RequestFault {
    long now = System.nanoTime();
    Job job = begin(count, deadline, TOO_LARGE_NUMBERS);
    int length = values.length / count;
    for (int i = 0; i < count; i++) {
      Row row = new Row(values, i * length, shape, now, job.listener(i, 0));
      job.add(row);
      if (!job.isDone()) {
        scheduler.add(model.queue(), row);
      }
    }
    return job;
  }

  private Job begin(int images, Duration deadline, RequestFault notFinite) throws RequestFault {
    if (images > admission.limit()) {
      throw RequestFault.bad(
          "a request has at most " + admission.limit() + " images, this one " + images);
    }
    if (!admission.enter(images)) {
      throw new RequestFault(FaultKind.BUSY, "the queue is full; come again later");
    }
    Job job = new Job(images, notFinite);
    Duration most = deadline.compareTo(options.deadline()) < 0 ? deadline : options.deadline();
    Future<?> alarm =
        timer.schedule(
            () ->
                job.fail(
                    new RequestFault(
                        FaultKind.DEADLINE,
                        "not computed within "
                            + (most.toMillis() > 0
                                ? most.toMillis() + " ms"
                                : Count.of(most.toNanos() / 1000, "microsecond")))),
            most.toNanos(),
            TimeUnit.NANOSECONDS);
    job.answer()
        .whenComplete(
            (results, failure) -> {
              alarm.cancel(false);
              if (results == null) {
                admission.failed(images);
              } else {
                admission.answered(images, System.nanoTime());
                results.forEach(this::count);
              }
            });
    return job;
  }

  private void count(ImageResult result) {
    metrics.time(Phase.WAIT, result.times().waitNanos());
    metrics.time(Phase.COMPUTE, result.times().computeNanos());
    metrics.batch(result.times().batch());
  }
}
