package io.github.repvgg4j.deploy.onnx;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.CodedInputStream;

/**
 * ONNX's rules for a file (IR.md and the operator reference), and one of ONNX Runtime's, as far as
 * they touch what is written here: single assignment, no name missing or twice, every tensor made
 * before it is read, operators with the inputs and attributes that they may have and the types that
 * they take ({@link OnnxTypes}), arrays as long as their shapes say, outputs that exist. It knows
 * nothing of how the file was made.
 */
final class OnnxChecker {

  private static final int OLDEST_IR = 3;
  private static final int NEWEST_IR = 8;
  private static final int OLDEST_OPSET = 13;
  private static final int NEWEST_OPSET = 17;

  private final GraphProto graph;
  private final Set<String> known = new HashSet<>();
  private final OnnxTypes types = new OnnxTypes();

  private OnnxChecker(GraphProto graph) {
    this.graph = graph;
  }

  /**
   * Reads a file again and checks it.
   *
   * @throws IOException where it cannot be read
   * @throws IllegalStateException with the rule that it breaks
   */
  static void check(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      CodedInputStream bytes =
          CodedInputStream.newInstance(
              channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
      bytes.enableAliasing(true); // the weights stay in the file
      bytes.setSizeLimit(Integer.MAX_VALUE);
      check(ModelProto.parseFrom(bytes));
    }
  }

  /** Checks a model. */
  static void check(ModelProto model) {
    long ir = model.getIrVersion();
    require(ir >= OLDEST_IR && ir <= NEWEST_IR, "IR version " + ir);
    require(model.getOpsetImportCount() == 1, "not one operator set is imported");
    OperatorSetIdProto opset = model.getOpsetImport(0);
    require(
        opset.getDomain().isEmpty()
            && opset.getVersion() >= OLDEST_OPSET
            && opset.getVersion() <= NEWEST_OPSET,
        "operator set " + opset.getDomain() + " " + opset.getVersion());
    require(model.hasGraph(), "there is no graph");
    new OnnxChecker(model.getGraph()).check();
  }

  private void check() {
    require(!graph.getName().isEmpty(), "the graph has no name");
    require(graph.getInputCount() > 0, "there is no input");
    require(graph.getOutputCount() > 0, "there is no output");
    for (ValueInfoProto input : graph.getInputList()) {
      checkInfo(input);
      define(input.getName());
      types.real(input.getName());
    }
    for (TensorProto array : graph.getInitializerList()) {
      checkArray(array);
      define(array.getName());
      types.array(array);
    }
    Set<String> nodes = new HashSet<>();
    for (NodeProto node : graph.getNodeList()) {
      require(nodes.add(node.getName()), "two nodes are called '" + node.getName() + "'");
      checkNode(node);
    }
    Set<String> outputs = new HashSet<>();
    for (ValueInfoProto output : graph.getOutputList()) {
      checkInfo(output);
      require(known.contains(output.getName()), "nothing gives output '" + output.getName() + "'");
      require(types.isReal(output.getName()), "output '" + output.getName() + "' is not float32");
      require(outputs.add(output.getName()), "two outputs are called '" + output.getName() + "'");
    }
  }

  private void define(String name) {
    checkName(name);
    require(known.add(name), "two tensors are called '" + name + "'");
  }

  private static void checkName(String name) {
    require(!name.isBlank(), "a name is empty");
    require(
        StandardCharsets.UTF_8.newEncoder().canEncode(name)
            && name.chars().noneMatch(Character::isISOControl),
        "name '" + name + "' cannot be read by every program");
  }

  private static void checkInfo(ValueInfoProto info) {
    checkName(info.getName());
    require(
        info.getType().hasTensorType() && info.getType().getTensorType().hasShape(),
        "'" + info.getName() + "' has no shape");
    require(
        info.getType().getTensorType().getElemType() == TensorProto.DataType.FLOAT_VALUE,
        "'" + info.getName() + "' is not float32");
    for (TensorShapeProto.Dimension axis : info.getType().getTensorType().getShape().getDimList()) {
      require(
          axis.getDimValue() > 0 || !axis.getDimParam().isEmpty(),
          "'" + info.getName() + "' has an axis without size or name");
    }
  }

  private static void checkArray(TensorProto array) {
    long count = 1;
    for (long size : array.getDimsList()) {
      require(size > 0, "array '" + array.getName() + "' has an axis of size " + size);
      count *= size;
    }
    int bytes = OnnxTypes.bytes(array);
    require(bytes > 0, "array '" + array.getName() + "' is of another type");
    require(
        array.getRawData().size() == count * bytes,
        "array '" + array.getName() + "' is not as long as its shape says");
  }

  private void checkNode(NodeProto node) {
    String place = node.getOpType() + " '" + node.getName() + "'";
    OnnxOp op =
        OnnxOp.ofType(node.getOpType()).orElseThrow(() -> broken(place + " is no known operator"));
    require(node.getDomain().isEmpty(), place + " is of another domain");
    require(op.takes(node.getInputCount()), place + " has " + node.getInputCount() + " inputs");
    for (int i = 0; i < node.getInputCount(); i++) {
      String input = node.getInput(i);
      boolean leftOut = input.isEmpty() && (i >= op.minInputs() || op == OnnxOp.RESIZE && i == 1);
      require(
          leftOut || known.contains(input), place + " reads '" + input + "', not made before it");
    }
    checkAttributes(node, op, place);
    require(node.getOutputCount() == 1, place + " has not one output");
    define(node.getOutput(0));
    types.node(node, op, place);
  }

  private static void checkAttributes(NodeProto node, OnnxOp op, String place) {
    Set<String> seen = new HashSet<>();
    for (AttributeProto attribute : node.getAttributeList()) {
      String name = attribute.getName();
      require(
          op.attributes().contains(name) && seen.add(name),
          place + " has attribute " + name + ", which it cannot have");
      boolean filled =
          switch (attribute.getType()) {
            case INT -> attribute.getIntsCount() == 0;
            case INTS -> attribute.getIntsCount() > 0;
            case FLOAT -> attribute.getFloatsCount() == 0;
            case STRING -> !attribute.getS().isEmpty();
            default -> false;
          };
      require(filled, place + ": attribute " + name + " has no value of its type");
    }
    require(
        !(seen.contains("auto_pad") && (seen.contains("pads") || seen.contains("dilations"))),
        place + " has auto_pad beside pads or dilations");
  }

  private static void require(boolean holds, String broken) {
    if (!holds) {
      throw broken(broken);
    }
  }

  static IllegalStateException broken(String rule) {
    return new IllegalStateException(
        "the ONNX file would not load, so it was not written: "
            + rule
            + " (an unforeseen failure)");
  }
}
