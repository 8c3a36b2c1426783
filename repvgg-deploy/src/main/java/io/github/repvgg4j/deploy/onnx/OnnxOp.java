package io.github.repvgg4j.deploy.onnx;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The operators that are written; all have the same meaning in opsets 13 to 17 (ONNX operator
 * reference). With each stand the inputs and attributes that it may have, for {@link OnnxChecker}.
 */
enum OnnxOp {
  ABS("Abs", 1, 1),
  ADD("Add", 2, 2),
  AVERAGE_POOL(
      "AveragePool", 1, 1, "kernel_shape", "strides", "pads", "auto_pad", "count_include_pad"),
  BATCH_NORMALIZATION("BatchNormalization", 5, 5, "epsilon"),
  CLIP("Clip", 1, 3),
  CONCAT("Concat", 1, Integer.MAX_VALUE, "axis"),
  CONV("Conv", 2, 3, "kernel_shape", "strides", "pads", "auto_pad", "dilations", "group"),
  CONV_TRANSPOSE(
      "ConvTranspose", 2, 3, "kernel_shape", "strides", "pads", "dilations", "output_padding"),
  DEQUANTIZE_LINEAR("DequantizeLinear", 2, 3, "axis"),
  DIV("Div", 2, 2),
  ELU("Elu", 1, 1, "alpha"),
  EXP("Exp", 1, 1),
  FLATTEN("Flatten", 1, 1, "axis"),
  GEMM("Gemm", 2, 3, "transB"),
  GLOBAL_AVERAGE_POOL("GlobalAveragePool", 1, 1),
  GLOBAL_MAX_POOL("GlobalMaxPool", 1, 1),
  HARD_SIGMOID("HardSigmoid", 1, 1, "alpha", "beta"),
  IDENTITY("Identity", 1, 1),
  LEAKY_RELU("LeakyRelu", 1, 1, "alpha"),
  LESS("Less", 2, 2),
  LP_POOL("LpPool", 1, 1, "kernel_shape", "strides", "pads", "auto_pad", "p"),
  LRN("LRN", 1, 1, "alpha", "beta", "bias", "size"),
  MAX("Max", 1, Integer.MAX_VALUE),
  MAX_POOL("MaxPool", 1, 1, "kernel_shape", "strides", "pads", "auto_pad", "dilations"),
  MUL("Mul", 2, 2),
  PAD("Pad", 2, 3, "mode"),
  POW("Pow", 2, 2),
  PRELU("PRelu", 2, 2),
  QUANTIZE_LINEAR("QuantizeLinear", 2, 3, "axis"),
  RECIPROCAL("Reciprocal", 1, 1),
  REDUCE_L2("ReduceL2", 1, 1, "axes", "keepdims"),
  REDUCE_SUM("ReduceSum", 1, 2, "keepdims"),
  RELU("Relu", 1, 1),
  RESHAPE("Reshape", 2, 2),
  RESIZE("Resize", 3, 4, "mode", "coordinate_transformation_mode", "nearest_mode"),
  SELU("Selu", 1, 1),
  SIGMOID("Sigmoid", 1, 1),
  SIGN("Sign", 1, 1),
  SLICE("Slice", 3, 5),
  SOFTMAX("Softmax", 1, 1, "axis"),
  SOFTPLUS("Softplus", 1, 1),
  SOFTSIGN("Softsign", 1, 1),
  SPACE_TO_DEPTH("SpaceToDepth", 1, 1, "blocksize"),
  SUB("Sub", 2, 2),
  TANH("Tanh", 1, 1),
  THRESHOLDED_RELU("ThresholdedRelu", 1, 1, "alpha"),
  TRANSPOSE("Transpose", 1, 1, "perm"),
  WHERE("Where", 3, 3);

  private static final Map<String, OnnxOp> BY_TYPE =
      Arrays.stream(values()).collect(Collectors.toMap(OnnxOp::type, Function.identity()));

  private final String type;
  private final int minInputs;
  private final int maxInputs;
  private final Set<String> attributes;

  OnnxOp(String type, int minInputs, int maxInputs, String... attributes) {
    this.type = type;
    this.minInputs = minInputs;
    this.maxInputs = maxInputs;
    this.attributes = Set.of(attributes);
  }

  static Optional<OnnxOp> ofType(String type) {
    return Optional.ofNullable(BY_TYPE.get(type));
  }

  String type() {
    return type;
  }

  int minInputs() {
    return minInputs;
  }

  boolean takes(int inputs) {
    return inputs >= minInputs && inputs <= maxInputs;
  }

  Set<String> attributes() {
    return attributes;
  }
}
