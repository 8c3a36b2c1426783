package io.github.repvgg4j.runtime;

import io.github.repvgg4j.model.head.Head;
import io.github.repvgg4j.runtime.FastGraph.Result;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A fused network as oneDNN primitives: layouts chosen by oneDNN, weights packed once, bias and
 * activation inside the convolution, tensors in buffers that are used again.
 *
 * <p>Any number of threads may call at once; they share the weights. The first call with a new
 * batch size or resolution plans it. {@link #close} frees all memory off-heap.
 *
 * <pre>{@code
 * try (FastNetwork network = FastNetwork.load(Path.of("fast.zip"), RuntimeOptions.of(FP32))) {
 *   INDArray logits = network.logits(images);
 * }
 * }</pre>
 */
public final class FastNetwork implements AutoCloseable {

  private final InferenceEngine engine;
  private final int channels;
  private final Result last;
  private final Optional<SelfCheckReport> selfCheck;

  FastNetwork(
      InferenceEngine engine, int channels, Result last, Optional<SelfCheckReport> selfCheck) {
    this.engine = engine;
    this.channels = channels;
    this.last = last;
    this.selfCheck = selfCheck;
  }

  /**
   * Loads a fast zip. Where oneDNN cannot be loaded, the network runs in Deeplearning4j and {@link
   * #description} says why.
   *
   * @throws UnsupportedLayerException for a layer the runtime does not have
   * @throws IllegalStateException if the self-check finds a difference beyond its bound
   */
  public static FastNetwork load(Path fastZip, RuntimeOptions options) throws IOException {
    return new FastNetworkLoader(options).load(fastZip);
  }

  /**
   * Takes the weights of a fused network; the network itself is not kept (except where oneDNN
   * cannot be loaded) and not changed.
   *
   * @param input shape of the probe images of the self-check (sides beyond 96 are cut to 96, where
   *     the network takes other sizes); other resolutions run as well
   * @throws UnsupportedLayerException for a layer the runtime does not have
   * @throws IllegalStateException if the self-check finds a difference beyond its bound
   */
  public static FastNetwork of(Model network, InputShape input, RuntimeOptions options) {
    return new FastNetworkLoader(options).of(network, input);
  }

  /**
   * @param images {@code [N, C, H, W]}, normalised; read without a copy where it is float32 in C
   *     order
   * @return {@code [N, classes]}, float32, the numbers before the last activation; the caller's
   */
  public INDArray logits(INDArray images) {
    if (images.rank() != 4) {
      throw new IllegalArgumentException(
          "images: [N, C, H, W] expected, got " + java.util.Arrays.toString(images.shape()));
    }
    INDArray dense = ArrayBuffers.dense(images);
    int batch = (int) dense.size(0);
    INDArray logits = Nd4j.createUninitialized(DataType.FLOAT, batch, last.length());
    InputShape shape =
        new InputShape((int) dense.size(1), (int) dense.size(2), (int) dense.size(3));
    logits(ArrayBuffers.of(dense), batch, shape, ArrayBuffers.of(logits));
    Reference.reachabilityFence(dense);
    return logits;
  }

  /** The network's output: what makes answers of its logits. */
  public Head head() {
    return ResultHead.of(last);
  }

  /**
   * What the network answers: softmax of {@link #logits(INDArray)}, or what else its head is.
   *
   * @param images as for {@link #logits(INDArray)}
   * @return {@code [N, classes]}, float64; the caller's
   */
  public INDArray answers(INDArray images) {
    return head().answers(logits(images));
  }

  /**
   * The same without ND4J. Both buffers are direct and in native order; both keep their position.
   *
   * @param images float32 [batch, C, H, W] from the buffer's position on
   * @param shape of one image
   * @param logits float32 [batch, classes] from the buffer's position on, written
   */
  public void logits(FloatBuffer images, int batch, InputShape shape, FloatBuffer logits) {
    if (shape.channels() != channels) {
      throw new IllegalArgumentException(
          "images: " + channels + " channels expected, got " + shape.channels());
    }
    long pixels = (long) shape.channels() * shape.height() * shape.width();
    require("images", images, batch * pixels);
    require("logits", logits, (long) batch * last.length());
    engine.run(images, new BatchShape(batch, channels, shape.height(), shape.width()), logits);
    Reference.reachabilityFence(images);
    Reference.reachabilityFence(logits);
  }

  private static void require(String what, FloatBuffer buffer, long numbers) {
    if (!buffer.isDirect() || buffer.order() != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException(
          what
              + ": a direct buffer in native order expected; make it with"
              + " ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer()");
    }
    if (numbers < 1 || buffer.remaining() < numbers) {
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

  /** What loading found; empty where it was skipped or the network runs in Deeplearning4j. */
  public Optional<SelfCheckReport> selfCheck() {
    return selfCheck;
  }

  /** One line: which engine runs, and where it is not oneDNN, why. */
  public String description() {
    return engine.description();
  }

  InferenceEngine engine() {
    return engine;
  }

  /** What this network holds off-heap now. */
  public MemoryUse memory() {
    return engine.memory();
  }

  /** Waits for running calls, then frees all memory off-heap; later calls fail. */
  @Override
  public void close() {
    engine.close();
  }
}
