package io.github.repvgg4j.deploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.deploy.Models;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.shade.protobuf.ByteString;

/** A good file, broken in one place each: the checker says where, before ONNX Runtime would. */
class OnnxCheckerTest {

  @TempDir static Path folder;

  private static ModelProto good;

  @BeforeAll
  static void export() throws Exception {
    Path file = folder.resolve("good.onnx");
    OnnxExport.write(
        file, Models.training(), ModelMetadata.of(Form.TRAINING, Models.SPEC), OnnxOptions.DEFAULT);
    try (InputStream in = Files.newInputStream(file)) {
      good = ModelProto.parseFrom(in);
    }
  }

  private static int first(GraphProto.Builder graph, String type) {
    for (int i = 0; i < graph.getNodeCount(); i++) {
      if (graph.getNode(i).getOpType().equals(type)) {
        return i;
      }
    }
    throw new AssertionError("no " + type);
  }

  private static NodeProto.Builder conv(GraphProto.Builder graph) {
    return graph.getNodeBuilder(first(graph, "Conv"));
  }

  private static AttributeProto.Builder attribute(String name) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
  }

  private static Arguments broken(String rule, Consumer<GraphProto.Builder> change) {
    return Arguments.of(rule, change);
  }

  static Stream<Arguments> graphs() {
    return Stream.of(
        broken("two tensors are called", g -> conv(g).setOutput(0, g.getInput(0).getName())),
        broken(
            "two tensors are called",
            g -> g.getInitializerBuilder(0).setName(g.getInitializer(1).getName())),
        broken("two nodes are called", g -> conv(g).setName(g.getNode(5).getName())),
        broken("a name is empty", g -> conv(g).setOutput(0, "")),
        broken("cannot be read by every program", g -> conv(g).setOutput(0, "a\u0000b")),
        broken("not made before it", g -> conv(g).setInput(0, "elsewhere")),
        broken("not made before it", g -> g.addNode(g.getNode(0)).removeNode(0)),
        broken("not made before it", g -> conv(g).setInput(0, "")),
        broken("nothing gives output", g -> g.getOutputBuilder(0).setName("elsewhere")),
        broken("two outputs are called", g -> g.addOutput(g.getOutput(0))),
        broken("there is no output", GraphProto.Builder::clearOutput),
        broken("there is no input", GraphProto.Builder::clearInput),
        broken("is no known operator", g -> conv(g).setOpType("Convolve")),
        broken("of another domain", g -> conv(g).setDomain("mine")),
        broken("has 1 inputs", g -> conv(g).clearInput().addInput(g.getInput(0).getName())),
        broken("which it cannot have", g -> conv(g).addAttribute(attribute("padding").addInts(1))),
        broken("which it cannot have", g -> conv(g).addAttribute(attribute("pads").addInts(1))),
        broken("has no value of its type", g -> conv(g).getAttributeBuilder(0).clearInts()),
        broken(
            "auto_pad beside pads",
            g ->
                conv(g)
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("auto_pad")
                            .setType(AttributeProto.AttributeType.STRING)
                            .setS(ByteString.copyFromUtf8("SAME_UPPER")))),
        broken(
            "not as long as its shape says",
            g -> g.getInitializerBuilder(0).setDims(0, g.getInitializer(0).getDims(0) + 1)),
        broken(
            "is of another type",
            g -> g.getInitializerBuilder(0).setDataType(TensorProto.DataType.DOUBLE_VALUE)),
        broken("an axis of size 0", g -> g.getInitializerBuilder(0).setDims(0, 0)),
        broken("has no shape", g -> g.getOutputBuilder(0).clearType()),
        broken("the graph has no name", GraphProto.Builder::clearName));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("graphs")
  void brokenRuleIsNamed(String rule, Consumer<GraphProto.Builder> change) {
    ModelProto.Builder model = good.toBuilder();
    change.accept(model.getGraphBuilder());
    assertThatThrownBy(() -> OnnxChecker.check(model.build()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the ONNX file would not load, so it was not written")
        .hasMessageContaining(rule);
  }

  @Test
  void headIsCheckedToo() {
    assertThatThrownBy(() -> OnnxChecker.check(good.toBuilder().setIrVersion(99).build()))
        .hasMessageContaining("IR version 99");
    assertThatThrownBy(() -> OnnxChecker.check(good.toBuilder().clearOpsetImport().build()))
        .hasMessageContaining("operator set");
    OperatorSetIdProto old = OperatorSetIdProto.newBuilder().setVersion(3).build();
    assertThatThrownBy(() -> OnnxChecker.check(good.toBuilder().setOpsetImport(0, old).build()))
        .hasMessageContaining("operator set  3");
    assertThatThrownBy(() -> OnnxChecker.check(good.toBuilder().clearGraph().build()))
        .hasMessageContaining("there is no graph");
  }

  @Test
  void goodFileIsAcceptedByBoth() throws OrtException {
    assertThatCode(() -> OnnxChecker.check(good)).doesNotThrowAnyException();
    OrtEnvironment.getEnvironment().createSession(good.toByteArray()).close();
  }

  @Test
  void cutFileIsNoFile() throws Exception {
    byte[] bytes = good.toByteArray();
    Path cut = folder.resolve("cut.onnx");
    Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> OnnxChecker.check(cut)).isInstanceOf(IOException.class);
    assertThat(cut).exists();
  }
}
