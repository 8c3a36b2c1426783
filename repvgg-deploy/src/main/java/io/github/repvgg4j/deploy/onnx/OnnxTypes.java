package io.github.repvgg4j.deploy.onnx;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;

/**
 * Which type each tensor of a file has, and that operators get the types that they take: float32
 * between the operators, 8 bits between QuantizeLinear and DequantizeLinear (operator reference,
 * opset 13), with scales that are numbers and as long as their axis.
 */
final class OnnxTypes {

  private static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
  private static final int SHAPE = TensorProto.DataType.INT64_VALUE;

  private static final Set<Integer> CODES =
      Set.of(TensorProto.DataType.UINT8_VALUE, TensorProto.DataType.INT8_VALUE);

  private static final Map<Integer, Integer> BYTES =
      Map.of(
          FLOAT,
          Float.BYTES,
          SHAPE,
          Long.BYTES,
          TensorProto.DataType.INT32_VALUE,
          Integer.BYTES,
          TensorProto.DataType.UINT8_VALUE,
          Byte.BYTES,
          TensorProto.DataType.INT8_VALUE,
          Byte.BYTES);

  private final Map<String, Integer> types = new HashMap<>();
  private final Map<String, TensorProto> arrays = new HashMap<>();

  /** Bytes of one number; 0 for a type that is not written. */
  static int bytes(TensorProto array) {
    return BYTES.getOrDefault(array.getDataType(), 0);
  }

  /** A tensor of real numbers. */
  void real(String name) {
    types.put(name, FLOAT);
  }

  void array(TensorProto array) {
    types.put(array.getName(), array.getDataType());
    arrays.put(array.getName(), array);
  }

  /** Whether a tensor is float32. */
  boolean isReal(String name) {
    return types.getOrDefault(name, FLOAT) == FLOAT;
  }

  /** Checks what a node reads, all of it known, and notes what it gives. */
  void node(NodeProto node, OnnxOp op, String place) {
    int given = FLOAT;
    switch (op) {
      case QUANTIZE_LINEAR -> {
        require(isReal(node.getInput(0)), place + " reads what is not float32");
        given = zeroPoint(node, place);
        require(CODES.contains(given), place + " gives neither uint8 nor int8");
      }
      case DEQUANTIZE_LINEAR -> {
        int type = types.get(node.getInput(0));
        boolean sums = type == TensorProto.DataType.INT32_VALUE;
        require(CODES.contains(type) || sums, place + " reads no integers");
        require(
            sums == (node.getInputCount() == 2) && (sums || zeroPoint(node, place) == type),
            place + " has a zero point of another type than what it reads");
      }
      default -> plain(node, place);
    }
    if (op == OnnxOp.QUANTIZE_LINEAR || op == OnnxOp.DEQUANTIZE_LINEAR) {
      checkScale(node, place);
    }
    types.put(node.getOutput(0), given);
  }

  private void plain(NodeProto node, String place) {
    for (int i = 0; i < node.getInputCount(); i++) {
      String input = node.getInput(i);
      boolean shape = i > 0 && types.getOrDefault(input, FLOAT) == SHAPE;
      require(shape || isReal(input), place + " reads '" + input + "', which is not float32");
    }
  }

  private int zeroPoint(NodeProto node, String place) {
    require(node.getInputCount() == 3, place + " has no zero point");
    return types.get(node.getInput(2));
  }

  private void checkScale(NodeProto node, String place) {
    TensorProto scale = arrays.get(node.getInput(1));
    require(
        scale != null && scale.getDataType() == FLOAT && scale.getDimsCount() <= 1,
        place + " has no scale");
    FloatBuffer numbers =
        scale.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    while (numbers.hasRemaining()) {
      float number = numbers.get();
      require(
          number >= Float.MIN_NORMAL && Float.isFinite(number),
          place + " has a scale of " + number);
    }
    if (node.getInputCount() == 3) {
      TensorProto zero = arrays.get(node.getInput(2));
      require(
          zero != null && zero.getDimsList().equals(scale.getDimsList()),
          place + " has not as many zero points as scales");
    }
    if (scale.getDimsCount() == 1) {
      checkAxis(node, scale.getDims(0), place);
    }
  }

  /** Several scales are those of an array's axis; tensors have one. */
  private void checkAxis(NodeProto node, long scales, String place) {
    TensorProto array = arrays.get(node.getInput(0));
    List<AttributeProto> attributes = node.getAttributeList();
    long axis = attributes.isEmpty() ? 1 : attributes.get(0).getI();
    require(
        array != null
            && axis >= 0
            && axis < array.getDimsCount()
            && array.getDims((int) axis) == scales,
        place + " has " + scales + " scales, which is not the length of its axis " + axis);
  }

  private static void require(boolean holds, String broken) {
    if (!holds) {
      throw OnnxChecker.broken(broken);
    }
  }
}
