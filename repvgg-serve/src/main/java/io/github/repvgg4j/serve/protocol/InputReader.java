package io.github.repvgg4j.serve.protocol;

import io.github.repvgg4j.serve.batch.FiniteFloats;
import io.github.repvgg4j.serve.fault.RequestFault;
import io.github.repvgg4j.spec.InputShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The input's numbers or images, from the JSON or from behind it. */
final class InputReader {

  private InputReader() {}

  static Input read(InputJson input, byte[] body, int jsonBytes, ExpectedInput expected)
      throws RequestFault {
    TensorName name =
        TensorName.of(input.name())
            .filter(n -> n == TensorName.IMAGES || n == TensorName.ENCODED_IMAGES)
            .orElseThrow(() -> RequestFault.bad("inputs: images or encoded_images expected"));
    if (!name.type().equals(input.type())) {
      throw RequestFault.bad(name.text() + ": datatype " + name.type() + " expected");
    }
    ByteBuffer tail = tail(input, body, jsonBytes);
    return name == TensorName.IMAGES
        ? tensor(input, tail, expected)
        : new Input.Encoded(files(input, tail, expected));
  }

  /** Null where the data is in the JSON. */
  private static ByteBuffer tail(InputJson input, byte[] body, int jsonBytes) throws RequestFault {
    int rest = body.length - jsonBytes;
    if (input.binaryBytes() < 0 ? rest > 0 : rest != input.binaryBytes()) {
      throw RequestFault.bad("binary_data_size: the body has " + rest + " bytes behind its JSON");
    }
    if (input.binaryBytes() >= 0 && input.texts() != null) {
      throw RequestFault.bad("inputs: data in JSON and in binary, one of them expected");
    }
    if (input.binaryBytes() < 0 && input.texts() == null) {
      throw RequestFault.bad("inputs: without data");
    }
    if (input.mixed()) {
      throw RequestFault.bad("data: numbers or texts expected, not both");
    }
    return input.binaryBytes() < 0
        ? null
        : ByteBuffer.wrap(body, jsonBytes, rest).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Input tensor(InputJson input, ByteBuffer tail, ExpectedInput expected)
      throws RequestFault {
    InputShape shape = expected.of(input.shape());
    int count = (int) (long) input.shape().get(0);
    long numbers = (long) shape.channels() * shape.height() * shape.width();
    long got = tail == null ? input.numbers().length : tail.remaining() / Float.BYTES;
    boolean whole = tail == null || tail.remaining() % Float.BYTES == 0;
    if (!whole || got % numbers != 0 || got / numbers != count) {
      throw RequestFault.bad(
          "images: "
              + input.shape()
              + (tail == null
                  ? " doesn't fit its " + got + " numbers"
                  : " doesn't fit its " + tail.remaining() + " bytes"));
    }
    float[] values = tail == null ? input.numbers() : floats(tail, (int) got);
    if (!FiniteFloats.all(values)) {
      throw RequestFault.bad("images: holds a number that isn't finite");
    }
    return new Input.Tensor(values, count, shape);
  }

  private static float[] floats(ByteBuffer tail, int count) {
    float[] values = new float[count];
    tail.asFloatBuffer().get(values);
    return values;
  }

  private static List<byte[]> files(InputJson input, ByteBuffer tail, ExpectedInput expected)
      throws RequestFault {
    List<byte[]> files = tail == null ? input.texts() : elements(tail, expected);
    List<Long> shape = input.shape();
    boolean fits =
        (shape.size() == 1 || (shape.size() == 2 && shape.get(1) == 1))
            && shape.get(0) >= 1
            && shape.get(0) == files.size();
    if (!fits) {
      throw RequestFault.bad(
          "encoded_images: shape [N] expected, got " + shape + " for " + files.size() + " images");
    }
    return files;
  }

  /** Each with its length before it, 4 bytes. */
  private static List<byte[]> elements(ByteBuffer tail, ExpectedInput expected)
      throws RequestFault {
    List<byte[]> elements = new ArrayList<>();
    while (tail.hasRemaining()) {
      long length = tail.remaining() < 4 ? -1 : Integer.toUnsignedLong(tail.getInt());
      if (length < 0 || length > tail.remaining()) {
        throw RequestFault.bad("encoded_images: an element is longer than the body");
      }
      int from = tail.arrayOffset() + tail.position();
      expected.requireFew(elements.size() + 1);
      elements.add(Arrays.copyOfRange(tail.array(), from, from + (int) length));
      tail.position(tail.position() + (int) length);
    }
    return elements;
  }
}
