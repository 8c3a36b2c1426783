package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.image.ImageSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The runtime called by as many threads as there are processors, each with its own image: what a
 * server on this machine can't be faster than by much.
 */
final class Direct implements AutoCloseable {

  private final ServingFiles files;
  private final FastNetwork network;

  Direct(ServingFiles files, Arithmetic arithmetic) throws IOException {
    this.files = files;
    this.network = FastNetwork.load(files.zip(), arithmetic.runtime().threads(1));
  }

  static void decode(ImagePreprocessor preprocessor, byte[] jpeg, float[] target)
      throws BadImageException {
    ImageSource image = ImageSource.of("image", jpeg);
    preprocessor.write("image", () -> image.read(0), target, 0);
  }

  private interface Feeder {
    void feed(int number, float[] target) throws BadImageException;
  }

  /** Images a second, decoded each time. */
  double jpegs(ImagePreprocessor preprocessor, List<byte[]> images, double seconds)
      throws Exception {
    return run((i, target) -> decode(preprocessor, images.get(i % images.size()), target), seconds);
  }

  /** Images a second, prepared before. */
  double tensors(List<float[]> inputs, double seconds) throws Exception {
    return run(
        (i, target) -> System.arraycopy(inputs.get(i % inputs.size()), 0, target, 0, target.length),
        seconds);
  }

  private double run(Feeder feeder, double seconds) throws Exception {
    int threads = Runtime.getRuntime().availableProcessors();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    AtomicLong next = new AtomicLong();
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    List<Future<Void>> work = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      work.add(pool.submit(() -> callUntil(feeder, next, end)));
    }
    for (Future<Void> each : work) {
      each.get();
    }
    pool.shutdown();
    return next.get() / ((System.nanoTime() - start) / 1e9);
  }

  private Void callUntil(Feeder feeder, AtomicLong next, long end) throws BadImageException {
    float[] values = new float[3 * files.shape().height() * files.shape().width()];
    FloatBuffer in = floats(values.length);
    FloatBuffer logits = floats(network.classes());
    while (System.nanoTime() < end) {
      feeder.feed((int) next.getAndIncrement(), values);
      in.duplicate().put(values);
      network.logits(in, 1, files.shape(), logits);
    }
    return null;
  }

  private static FloatBuffer floats(int length) {
    return ByteBuffer.allocateDirect(length * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  @Override
  public void close() {
    network.close();
  }
}
