package io.github.repvgg4j.deploy.onnx;

import io.github.repvgg4j.spec.InputShape;
import java.util.Optional;

/**
 * How an ONNX file is written.
 *
 * @param opset operator set, 13 to 17
 * @param images what the file's input is
 * @param output what the file's output is
 */
public record OnnxOptions(int opset, Images images, Output output) {

  /**
   * What the file's input is.
   *
   * @param batch one image at a time, or any number
   * @param input normalised or not
   * @param shape of one image, where it is known and the model does not say it
   */
  public record Images(Batch batch, Input input, Optional<InputShape> shape) {}

  /** Opset 17, one image, normalised input, logits. */
  public static final OnnxOptions DEFAULT =
      new OnnxOptions(17, new Images(Batch.ONE, Input.NORMALISED, Optional.empty()), Output.LOGITS);

  private static final int MIN_OPSET = 13;
  private static final int MAX_OPSET = 17;

  /** The first axis of input and output. */
  public enum Batch {
    ONE,
    DYNAMIC
  }

  /** Float32 {@code [N, C, H, W]}, RGB. */
  public enum Input {
    /** As the network wants it: {@code (x - mean) / std} was taken. */
    NORMALISED,
    /** Pixel values 0 to 255; the file normalises them. */
    PIXELS
  }

  /** What is written of a head; of a network that ends otherwise there is one thing only. */
  public enum Output {
    /** The numbers before its activation. */
    LOGITS,
    /** Those after it, as Deeplearning4j's {@code output} gives them. */
    PROBABILITIES
  }

  public OnnxOptions {
    if (opset < MIN_OPSET || opset > MAX_OPSET) {
      throw new IllegalArgumentException(
          "opset: must be " + MIN_OPSET + " to " + MAX_OPSET + ", got " + opset);
    }
  }

  Batch batch() {
    return images.batch();
  }

  Input input() {
    return images.input();
  }

  Optional<InputShape> shape() {
    return images.shape();
  }

  public OnnxOptions withOpset(int version) {
    return new OnnxOptions(version, images, output);
  }

  public OnnxOptions withBatch(Batch newBatch) {
    return withImages(new Images(newBatch, images.input(), images.shape()));
  }

  public OnnxOptions withInput(Input newInput) {
    return withImages(new Images(images.batch(), newInput, images.shape()));
  }

  /** For one size of images, which the model itself may not say. */
  public OnnxOptions withShape(InputShape newShape) {
    return withImages(new Images(images.batch(), images.input(), Optional.of(newShape)));
  }

  private OnnxOptions withImages(Images newImages) {
    return new OnnxOptions(opset, newImages, output);
  }

  public OnnxOptions withOutput(Output newOutput) {
    return new OnnxOptions(opset, images, newOutput);
  }

  /** The oldest file format that knows the operator set, for old readers. */
  int irVersion() {
    return opset < 15 ? 7 : 8;
  }
}
