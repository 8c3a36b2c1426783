package io.github.repvgg4j.deploy.onnx;

/**
 * How an ONNX file is written.
 *
 * @param opset operator set, 13 to 17
 * @param batch one image at a time, or any number
 * @param input what the file's input is
 * @param output what the file's output is
 */
public record OnnxOptions(int opset, Batch batch, Input input, Output output) {

  /** Opset 17, one image, normalised input, logits. */
  public static final OnnxOptions DEFAULT =
      new OnnxOptions(17, Batch.ONE, Input.NORMALISED, Output.LOGITS);

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

  /** Float32 {@code [N, classes]}. */
  public enum Output {
    LOGITS,
    PROBABILITIES
  }

  public OnnxOptions {
    if (opset < MIN_OPSET || opset > MAX_OPSET) {
      throw new IllegalArgumentException(
          "opset: must be " + MIN_OPSET + " to " + MAX_OPSET + ", got " + opset);
    }
  }

  public OnnxOptions withOpset(int version) {
    return new OnnxOptions(version, batch, input, output);
  }

  public OnnxOptions withBatch(Batch newBatch) {
    return new OnnxOptions(opset, newBatch, input, output);
  }

  public OnnxOptions withInput(Input newInput) {
    return new OnnxOptions(opset, batch, newInput, output);
  }

  public OnnxOptions withOutput(Output newOutput) {
    return new OnnxOptions(opset, batch, input, newOutput);
  }

  /** The oldest file format that knows the operator set, for old readers. */
  int irVersion() {
    return opset < 15 ? 7 : 8;
  }
}
