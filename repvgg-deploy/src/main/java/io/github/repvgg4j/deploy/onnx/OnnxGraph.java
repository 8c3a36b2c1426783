package io.github.repvgg4j.deploy.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
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

  /** An axis of unknown size is a name. */
  sealed interface Dimension {
    record Fixed(long size) implements Dimension {}

    record Named(String name) implements Dimension {}
  }

  private final GraphProto.Builder graph = GraphProto.newBuilder();

  /**
   * Adds a node.
   *
   * @param name of the node and of its one output
   * @return that output
   */
  String node(OnnxOp op, String name, List<String> inputs, Map<String, Object> attributes) {
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(op.type())
            .setName(name)
            .addAllInput(inputs)
            .addOutput(name);
    attributes.forEach((key, value) -> node.addAttribute(attribute(key, value)));
    graph.addNode(node);
    return name;
  }

  String node(OnnxOp op, String name, String... inputs) {
    return node(op, name, List.of(inputs), Map.of());
  }

  /** Adds a float32 array of the given shape; its numbers are taken in C order. */
  String array(String name, INDArray values, long... shape) {
    float[] numbers = values.castTo(DataType.FLOAT).dup('c').data().asFloat();
    return array(name, numbers, shape);
  }

  String array(String name, float[] numbers, long... shape) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(numbers.length, Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(numbers);
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.FLOAT_VALUE)
            .setRawData(UnsafeByteOperations.unsafeWrap(bytes));
    for (long size : shape) {
      tensor.addDims(size);
    }
    graph.addInitializer(tensor);
    return name;
  }

  /** Gives the array that the last node writes another name. */
  String renameLast(String name) {
    NodeProto.Builder last = graph.getNodeBuilder(graph.getNodeCount() - 1);
    last.setOutput(0, name);
    return name;
  }

  void input(String name, List<Dimension> shape) {
    graph.addInput(value(name, shape));
  }

  void output(String name, List<Dimension> shape) {
    graph.addOutput(value(name, shape));
  }

  GraphProto build(String name) {
    return graph.setName(name).build();
  }

  private static ValueInfoProto value(String name, List<Dimension> shape) {
    TensorShapeProto.Builder axes = TensorShapeProto.newBuilder();
    for (Dimension axis : shape) {
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
        .setName(name)
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
