package io.github.repvgg4j.deploy.onnx;

import io.github.repvgg4j.archive.quantized.Codes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.AttributeProto.AttributeType;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.UnsafeByteOperations;

/** A graph under construction: nodes in order, and the arrays that they read. */
final class OnnxGraph {

  private final OnnxNames names;
  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final Map<String, String> outputNames = new HashMap<>();
  private final Set<String> produced = new HashSet<>();

  OnnxGraph(OnnxNames names) {
    this.names = names;
  }

  OnnxNames names() {
    return names;
  }

  /**
   * Adds a node.
   *
   * @param label wanted as the name of the node and of its one output
   * @param shape of that output
   * @param inputs names of values and arrays; empty for an optional one that is left out
   */
  Value node(
      OnnxOp op,
      String label,
      List<Dimension> shape,
      Map<String, Object> attributes,
      String... inputs) {
    String name = names.fresh(label);
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(op.type())
            .setName(name)
            .addAllInput(List.of(inputs))
            .addOutput(name);
    attributes.forEach((key, value) -> node.addAttribute(attribute(key, value)));
    graph.addNode(node);
    produced.add(name);
    return new Value(name, shape);
  }

  /** Adds a node without attributes whose output has the shape of its first input. */
  Value node(OnnxOp op, String label, Value input, String... more) {
    String[] inputs = new String[more.length + 1];
    inputs[0] = input.name();
    System.arraycopy(more, 0, inputs, 1, more.length);
    return node(op, label, input.shape(), Map.of(), inputs);
  }

  /** Adds a float32 array of the given shape; its numbers are taken in C order. */
  String array(String label, INDArray values, long... shape) {
    return array(label, values.castTo(DataType.FLOAT).dup('c').data().asFloat(), shape);
  }

  String array(String label, float[] numbers, long... shape) {
    ByteBuffer bytes = bytes(numbers.length, Float.BYTES);
    bytes.asFloatBuffer().put(numbers);
    return array(label, TensorProto.DataType.FLOAT_VALUE, bytes, shape);
  }

  /** Adds one float32 number, of no axes. */
  String number(String label, double value) {
    return array(label, new float[] {(float) value});
  }

  /** Adds int64 numbers in a row. */
  String integers(String label, long... values) {
    ByteBuffer bytes = bytes(values.length, Long.BYTES);
    bytes.asLongBuffer().put(values);
    return array(label, TensorProto.DataType.INT64_VALUE, bytes, values.length);
  }

  /** Adds 8-bit codes. */
  String codes(String label, Codes.Type type, byte[] codes, long... shape) {
    int onnx =
        switch (type) {
          case U8 -> TensorProto.DataType.UINT8_VALUE;
          case S8 -> TensorProto.DataType.INT8_VALUE;
        };
    return array(label, onnx, ByteBuffer.wrap(codes), shape);
  }

  /** Adds int32 numbers in a row. */
  String sums(String label, int[] values) {
    ByteBuffer bytes = bytes(values.length, Integer.BYTES);
    bytes.asIntBuffer().put(values);
    return array(label, TensorProto.DataType.INT32_VALUE, bytes, values.length);
  }

  private static ByteBuffer bytes(int count, int size) {
    return ByteBuffer.allocate(Math.multiplyExact(count, size)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private String array(String label, int type, ByteBuffer bytes, long... shape) {
    String name = names.fresh(label);
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type)
            .setRawData(UnsafeByteOperations.unsafeWrap(bytes));
    for (long size : shape) {
      tensor.addDims(size);
    }
    graph.addInitializer(tensor);
    return name;
  }

  /**
   * Adds an input.
   *
   * @param name taken for it before
   */
  Value input(String name, List<Dimension> shape) {
    Value value = new Value(name, shape);
    graph.addInput(info(value));
    return value;
  }

  /**
   * Makes a value an output. Whoever made it writes it under the output's name; where that is
   * nobody, or it is an output already, a copy is written.
   *
   * @param name taken for it before
   */
  void output(String name, Value value) {
    graph.addOutput(info(new Value(name, value.shape())));
    if (!produced.contains(value.name()) || outputNames.putIfAbsent(value.name(), name) != null) {
      graph.addNode(
          NodeProto.newBuilder()
              .setOpType(OnnxOp.IDENTITY.type())
              .setName(name)
              .addInput(value.name())
              .addOutput(name));
    }
  }

  GraphProto build(String name) {
    for (NodeProto.Builder node : graph.getNodeBuilderList()) {
      for (int i = 0; i < node.getInputCount(); i++) {
        node.setInput(i, renamed(node.getInput(i)));
      }
      node.setOutput(0, renamed(node.getOutput(0)));
    }
    return graph.setName(name).build();
  }

  private String renamed(String value) {
    return outputNames.getOrDefault(value, value);
  }

  private static ValueInfoProto info(Value value) {
    TensorShapeProto.Builder axes = TensorShapeProto.newBuilder();
    for (Dimension axis : value.shape()) {
      if (axis instanceof Dimension.Fixed fixed) {
        axes.addDimBuilder().setDimValue(fixed.size());
      } else if (axis instanceof Dimension.Named named) {
        axes.addDimBuilder().setDimParam(named.name());
      }
    }
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder()
            .setElemType(TensorProto.DataType.FLOAT_VALUE)
            .setShape(axes)
            .build();
    return ValueInfoProto.newBuilder()
        .setName(value.name())
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  private static AttributeProto attribute(String name, Object value) {
    AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
    if (value instanceof Integer number) {
      attribute.setType(AttributeType.INT).setI(number);
    } else if (value instanceof Float number) {
      attribute.setType(AttributeType.FLOAT).setF(number);
    } else if (value instanceof String text) {
      attribute.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(text));
    } else if (value instanceof int[] numbers) {
      attribute.setType(AttributeType.INTS);
      for (int number : numbers) {
        attribute.addInts(number);
      }
    } else {
      throw new IllegalArgumentException("attribute " + name + ": " + value);
    }
    return attribute.build();
  }
}
