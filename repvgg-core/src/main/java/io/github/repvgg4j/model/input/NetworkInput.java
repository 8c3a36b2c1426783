package io.github.repvgg4j.model.input;

import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The images that a network reads.
 *
 * @param shape of one image
 * @param format of the network's own arrays: {@code [N, C, H, W]} or {@code [N, H, W, C]}
 * @param origin how the shape is known
 */
public record NetworkInput(InputShape shape, CNN2DFormat format, Origin origin) {

  /** How a shape is known. */
  public enum Origin {
    /** The file or the user says it. */
    STATED,
    /** It follows from the layers. */
    FIXED,
    /** The channels follow from the layers, the size is one of many that the network takes. */
    ANY_SIZE
  }

  /**
   * What a network reads, as far as its layers tell.
   *
   * @param network initialised
   * @param stated by the user or the file; held against the layers
   * @throws UnknownInputException one line: several inputs, no images, no size that fits, or a
   *     stated shape that does not
   */
  public static NetworkInput of(Model network, Optional<InputShape> stated) {
    return new InputSolver(network).solve(stated);
  }

  /**
   * The shape of one image that a file states, or else its user.
   *
   * @throws UnknownInputException one line: both do, and differently
   */
  public static Optional<InputShape> stated(Optional<RepVggSpec> file, Optional<InputShape> given) {
    Optional<InputShape> own = file.map(RepVggSpec::input);
    if (own.isPresent() && given.isPresent() && !own.equals(given)) {
      throw new UnknownInputException(
          "reads images of shape "
              + own.get()
              + ", as it says itself, and "
              + given.get()
              + " is given; leave that away");
    }
    return own.or(() -> given);
  }

  /**
   * The same for an array that is at hand.
   *
   * @param array all axes of an array for the network, images first
   * @throws UnknownInputException one line, also where the network cannot take it
   */
  public static NetworkInput ofArray(Model network, List<Long> array) {
    return new InputSolver(network).ofArray(array);
  }

  /** As DL4J's configurations take it. */
  public InputType type() {
    return InputType.convolutional(shape.height(), shape.width(), shape.channels(), format);
  }

  /**
   * An array for the network.
   *
   * @param values {@code [images, C, H, W]} in C order
   * @return {@code [N, C, H, W]} or {@code [N, H, W, C]}, float32; the caller's
   */
  public INDArray array(float[] values, int images) {
    long[] axes = {images, shape.channels(), shape.height(), shape.width()};
    INDArray array = Nd4j.create(values, axes, 'c');
    return format == CNN2DFormat.NCHW ? array : array.permute(0, 2, 3, 1).dup('c');
  }
}
