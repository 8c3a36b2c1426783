package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.weights.checkpoint.Tensor;
import io.github.repvgg4j.weights.checkpoint.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Small networks and numbers for all their tensors. */
final class RandomWeights {

  /** Widths of one channel up, one input channel or class included. */
  static RepVggSpec spec(Random random) {
    boolean gated = random.nextInt(4) == 0;
    int groups = 1 + random.nextInt(2);
    int unit = gated ? 16 : groups;
    List<Integer> widths =
        List.of(
            unit * (1 + random.nextInt(2)),
            unit * (1 + random.nextInt(2)),
            unit * (1 + random.nextInt(2)),
            unit * (1 + random.nextInt(2)),
            unit * (1 + random.nextInt(2)));
    return RepVggSpec.of(
            List.of(1 + random.nextInt(2), 1 + random.nextInt(2), 1, 1),
            widths,
            1 + random.nextInt(4),
            new InputShape(random.nextBoolean() ? 1 : 3, 16, 16))
        .withBlockOptions(new BlockOptions(groups, gated));
  }

  /** Every tensor under a naming; variances positive. */
  static Map<String, Tensor> of(RepVggSpec spec, Form form, Naming naming, Random random) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (TensorSlot slot : TensorSlots.of(spec, form, naming)) {
      tensors.put(
          slot.tensor(),
          slot.layout() == TensorSlot.Layout.BATCH_COUNT
              ? Tensor.ofLong(random.nextInt(1000))
              : floats(slot.shape(), slot.tensor().endsWith("running_var"), random));
    }
    return tensors;
  }

  static Tensor floats(List<Long> shape, boolean positive, Random random) {
    float[] values = new float[(int) Tensor.ofFloats(shape, new float[0]).length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = positive ? 0.5f + random.nextFloat() : (float) random.nextGaussian() * 0.5f;
    }
    return Tensor.ofFloats(shape, values);
  }

  /** The same numbers in another type, rounded by Java's own conversions. */
  static Tensor as(Tensor tensor, TensorType type) throws Exception {
    float[] values = tensor.floats();
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * type.width()).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (type) {
        case FLOAT64 -> bytes.putDouble(value);
        case BFLOAT16 -> bytes.putShort((short) (Float.floatToIntBits(value) >>> 16));
        case FLOAT16 -> bytes.putShort(half(value));
        case INT64 -> bytes.putLong((long) value);
        case COMPLEX64 -> bytes.putFloat(value).putFloat(0);
        default -> bytes.putFloat(value);
      }
    }
    ByteBuffer whole = bytes.flip();
    return new Tensor(
        tensor.shape(), type, () -> whole.duplicate().order(java.nio.ByteOrder.LITTLE_ENDIAN));
  }

  /** Truncated; normal numbers only, smaller ones become zero. */
  private static short half(float value) {
    int bits = Float.floatToIntBits(value);
    int exponent = (bits >>> 23 & 0xff) - 112;
    int sign = bits >>> 16 & 0x8000;
    return (short) (exponent < 1 ? sign : sign | exponent << 10 | bits >>> 13 & 0x3ff);
  }

  private RandomWeights() {}
}
