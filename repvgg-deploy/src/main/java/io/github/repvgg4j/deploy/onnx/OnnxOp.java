package io.github.repvgg4j.deploy.onnx;

/**
 * The operators that are written; all have the same meaning in opsets 13 to 17 (ONNX operator
 * reference).
 */
enum OnnxOp {
  CONV("Conv"),
  RELU("Relu"),
  SIGMOID("Sigmoid"),
  TANH("Tanh"),
  ADD("Add"),
  SUB("Sub"),
  MUL("Mul"),
  DIV("Div"),
  BATCH_NORMALIZATION("BatchNormalization"),
  GLOBAL_AVERAGE_POOL("GlobalAveragePool"),
  GLOBAL_MAX_POOL("GlobalMaxPool"),
  FLATTEN("Flatten"),
  GEMM("Gemm"),
  SOFTMAX("Softmax");

  private final String type;

  OnnxOp(String type) {
    this.type = type;
  }

  String type() {
    return type;
  }
}
