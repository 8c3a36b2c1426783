package io.github.repvgg4j.runtime;

import io.github.repvgg4j.answer.AnswerFunction;
import io.github.repvgg4j.answer.FeatureMap;
import io.github.repvgg4j.answer.LinearHead;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.runtime.check.LogitBound;
import io.github.repvgg4j.runtime.check.LogitBounds;
import io.github.repvgg4j.runtime.check.SelfCheckReport;
import io.github.repvgg4j.runtime.graph.ConfigurationReader;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastGraph.Result;
import io.github.repvgg4j.runtime.graph.QuantizedFit;
import io.github.repvgg4j.runtime.graph.UnsupportedLayerException;
import io.github.repvgg4j.runtime.plan.BatchShape;
import io.github.repvgg4j.runtime.plan.DirectFloats;
import io.github.repvgg4j.runtime.plan.Observation;
import io.github.repvgg4j.runtime.plan.OneDnnEngine;
import io.github.repvgg4j.runtime.source.MemorySource;
import io.github.repvgg4j.runtime.source.NetworkParts;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A fused network as oneDNN primitives: layouts chosen by oneDNN, weights packed once, bias and
 * activation inside the convolution, tensors in buffers that are used again.
 *
 * <p>Any number of threads may call at once; they share the weights. The first call with a new
 * batch size or resolution plans it. {@link #close} frees all memory off-heap.
 *
 * <pre>{@code
 * try (FastNetwork network = FastNetwork.load(Path.of("fast.zip"), RuntimeOptions.of(FP32))) {
 *   float[] logits = network.logits(images, 1, InputShape.square(224));
 * }
 * }</pre>
 */
public final class FastNetwork implements AutoCloseable {

  private final OneDnnEngine engine;
  private final int channels;
  private final FastGraph graph;
  private final Result last;
  private final Optional<SelfCheckReport> selfCheck;

  private FastNetwork(LoadedNetwork loaded) {
    this.engine = loaded.engine();
    this.channels = loaded.graph().channels();
    this.graph = loaded.graph();
    this.last = graph.head();
    this.selfCheck = loaded.selfCheck();
  }

  /**
   * Loads a fast zip.
   *
   * @throws IOException one line: what is wrong with the file
   * @throws UnsupportedLayerException for a layer the runtime does not have
   * @throws OneDnnUnavailableException where oneDNN cannot be loaded
   * @throws IllegalStateException if the self-check finds a difference beyond its bound
   */
  public static FastNetwork load(Path fastZip, RuntimeOptions options) throws IOException {
    return new FastNetwork(new FastNetworkLoader(options).load(fastZip));
  }

  /**
   * Takes the weights of a network in memory, which is not kept; exceptions as for {@link #load}.
   */
  public static FastNetwork of(NetworkParts network, RuntimeOptions options) {
    return of(new MemorySource(network), options);
  }

  /**
   * Takes a network in memory with its integers, for {@link
   * io.github.repvgg4j.onednn.Precision#INT8}; exceptions as for {@link #load}.
   *
   * @throws IllegalArgumentException one line, where the integers are not the network's
   */
  public static FastNetwork of(
      NetworkParts network, QuantizedNetwork quantized, RuntimeOptions options) {
    try {
      QuantizedFit.check(ConfigurationReader.read(network.configuration()), quantized);
    } catch (IOException e) {
      throw new UncheckedIOException("configuration.json: " + e.getMessage(), e);
    }
    return of(new MemorySource(network, Optional.of(quantized)), options);
  }

  private static FastNetwork of(MemorySource source, RuntimeOptions options) {
    try {
      return new FastNetwork(new FastNetworkLoader(options).load(source));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /**
   * Why the runtime cannot run a network, one line; empty where it has all its layers.
   *
   * @param configuration Deeplearning4j's {@code configuration.json}, UTF-8
   */
  public static Optional<String> obstacle(byte[] configuration) {
    try {
      ConfigurationReader.read(configuration);
      return Optional.empty();
    } catch (UnsupportedLayerException e) {
      return Optional.of(e.getMessage());
    } catch (IOException e) {
      return Optional.of("configuration.json: is no JSON");
    }
  }

  /**
   * @param images {@code [batch, C, H, W]} in C order, normalised; not changed
   * @param shape of one image
   * @return {@code [batch, classes]} in C order, the numbers before the last activation
   */
  public float[] logits(float[] images, int batch, InputShape shape) {
    long numbers = numbers(batch, shape);
    if (images.length != numbers) {
      throw new IllegalArgumentException(
          "images: " + numbers + " numbers expected, got " + images.length);
    }
    FloatBuffer in = DirectFloats.zeros(images.length).put(images).flip();
    FloatBuffer out = DirectFloats.zeros(Math.multiplyExact(batch, last.length()));
    logits(in, batch, shape, out);
    float[] logits = new float[out.remaining()];
    out.get(logits);
    return logits;
  }

  /**
   * What each node gives, for who calibrates or looks for a fault: some times slower than {@link
   * #logits}, and all of it in memory at once.
   *
   * @param images {@code [batch, C, H, W]} in C order, normalised; not changed
   * @param shape of one image
   */
  public Observation observe(float[] images, int batch, InputShape shape) {
    long numbers = numbers(batch, shape);
    if (images.length != numbers) {
      throw new IllegalArgumentException(
          "images: " + numbers + " numbers expected, got " + images.length);
    }
    FloatBuffer in = DirectFloats.zeros(images.length).put(images).flip();
    return engine.observe(in, new BatchShape(batch, channels, shape.height(), shape.width()));
  }

  /**
   * What the last global pooling reads of one image, for {@link #linearHead}'s maps. Planned by
   * itself, so that other calls run as before.
   *
   * @param image {@code [C, H, W]} in C order, normalised; not changed
   * @throws io.github.repvgg4j.answer.NoClassMapException where the network does not end in a
   *     global average pooling and a linear layer
   */
  public FeatureMap features(float[] image, InputShape shape) {
    requireImage(image, shape);
    FloatBuffer in = DirectFloats.zeros(image.length).put(image).flip();
    return engine.features(in, new BatchShape(1, channels, shape.height(), shape.width()));
  }

  /**
   * A copy of the linear layer behind that pooling; with INT8 of the numbers that its integers
   * stand for, whose logits differ from the network's by the rounding of the pooled features to
   * codes.
   *
   * @throws io.github.repvgg4j.answer.NoClassMapException likewise
   */
  public LinearHead linearHead() {
    return engine.linearHead();
  }

  /** What the network gives. */
  public Output output() {
    return new Output(last.name(), last.length(), last.activation().toString());
  }

  /**
   * What makes answers of the logits: softmax, or what else the head is.
   *
   * @throws UnsupportedLayerException where only Deeplearning4j knows this function
   */
  public AnswerFunction head() {
    return AnswerFunction.read(last.activation())
        .orElseThrow(
            () ->
                new UnsupportedLayerException(
                    last.name(),
                    "the activation " + last.activation() + " is not among its functions",
                    UnsupportedLayerException.USE_DL4J));
  }

  /**
   * The same into memory outside the heap, read and written where it lies. Both buffers are direct
   * and in native order; both keep their position.
   *
   * @param images float32 [batch, C, H, W] from the buffer's position on
   * @param shape of one image
   * @param logits float32 [batch, classes] from the buffer's position on, written
   */
  public void logits(FloatBuffer images, int batch, InputShape shape, FloatBuffer logits) {
    requireBuffers(images, batch, shape, logits);
    engine.run(images, new BatchShape(batch, channels, shape.height(), shape.width()), logits);
    Reference.reachabilityFence(images);
    Reference.reachabilityFence(logits);
  }

  /**
   * The same with threads of its own: a server computes one image on all cores while it is alone,
   * and images side by side where there are many.
   *
   * @param threads of this call, 1 to {@value RuntimeOptions#MAX_THREADS}; each number is planned
   *     by itself
   */
  public void logits(
      FloatBuffer images, int batch, InputShape shape, FloatBuffer logits, int threads) {
    requireBuffers(images, batch, shape, logits);
    if (threads < 1 || threads > RuntimeOptions.MAX_THREADS) {
      throw new IllegalArgumentException(
          "threads: 1 to " + RuntimeOptions.MAX_THREADS + ", got " + threads);
    }
    BatchShape planned = new BatchShape(batch, channels, shape.height(), shape.width());
    engine.run(images, planned, logits, threads);
    Reference.reachabilityFence(images);
    Reference.reachabilityFence(logits);
  }

  /** Waits for running calls, then frees all plans; the next calls plan anew. */
  public void forgetPlans() {
    engine.forgetPlans();
  }

  private void requireBuffers(FloatBuffer images, int batch, InputShape shape, FloatBuffer logits) {
    require("images", images, numbers(batch, shape));
    require("logits", logits, (long) batch * last.length());
    if (logits.isReadOnly()) {
      throw new IllegalArgumentException("logits: a buffer that can be written to expected");
    }
  }

  private void requireImage(float[] image, InputShape shape) {
    long numbers = numbers(1, shape);
    if (image.length != numbers) {
      throw new IllegalArgumentException(
          "image: " + numbers + " numbers expected, got " + image.length);
    }
  }

  /** Of a batch of images. */
  private long numbers(int batch, InputShape shape) {
    if (batch < 1) {
      throw new IllegalArgumentException("batch: 1 or more, got " + batch);
    }
    if (shape.channels() != channels) {
      throw new IllegalArgumentException(
          "images: " + channels + " channels expected, got " + shape.channels());
    }
    return Math.multiplyExact(
        batch * (long) shape.channels(), (long) shape.height() * shape.width());
  }

  private static void require(String what, FloatBuffer buffer, long numbers) {
    if (!buffer.isDirect() || buffer.order() != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException(
          what
              + ": a direct buffer in native order expected; make it with"
              + " ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer()");
    }
    if (buffer.remaining() < numbers) {
      throw new IllegalArgumentException(
          what + ": " + numbers + " numbers expected, the buffer has " + buffer.remaining());
    }
  }

  /** Length of one row of logits. */
  public int classes() {
    return last.length();
  }

  /** Colour channels of an image. */
  public int channels() {
    return channels;
  }

  /**
   * How far float32's rounding can take the logits of an image, one entry for each kernel that may
   * come to compute it: derived from this network's weights and the image's tensors in float64
   * (docs/fast-runtime.md), not measured. Takes some ten times as long as a self-check by {@link
   * RuntimeOptions.SelfCheck#REFERENCE} of one such image.
   *
   * @param image {@code [C, H, W]} in C order, normalised
   * @throws IllegalStateException in another precision than FP32
   */
  public List<LogitBound> bounds(float[] image, InputShape shape) {
    requireImage(image, shape);
    return LogitBounds.of(graph, engine, image, shape);
  }

  /**
   * The same for one image of random numbers.
   *
   * @param shape that the network takes; where it takes others too, a smaller one of those that are
   *     usual is looked at, since this takes seconds
   */
  public List<LogitBound> bounds(InputShape shape) {
    return LogitBounds.ofProbe(graph, engine, shape);
  }

  /** What loading found; empty where it was skipped. */
  public Optional<SelfCheckReport> selfCheck() {
    return selfCheck;
  }

  /** One line: which engine runs. */
  public String description() {
    return engine.description();
  }

  /** What this network holds off-heap now. */
  public MemoryUse memory() {
    return new MemoryUse(engine.weightBytes(), engine.scratchBytes());
  }

  /** Waits for running calls, then frees all memory off-heap; later calls fail. */
  @Override
  public void close() {
    engine.close();
  }
}
