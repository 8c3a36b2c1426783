package io.github.repvgg4j.weights.checkpoint;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Element types of stored tensors: one row a type, with the names that the two formats use. The
 * rows after {@link #BOOL} are told apart only so that a file that holds such tensors beside the
 * weights can be read; their numbers can't.
 */
public enum TensorType {
  FLOAT32("F32", "FloatStorage", 4),
  FLOAT64("F64", "DoubleStorage", 8),
  FLOAT16("F16", "HalfStorage", 2),
  BFLOAT16("BF16", "BFloat16Storage", 2),
  INT64("I64", "LongStorage", 8),
  INT32("I32", "IntStorage", 4),
  INT16("I16", "ShortStorage", 2),
  INT8("I8", "CharStorage", 1),
  UINT8("U8", "ByteStorage", 1),
  BOOL("BOOL", "BoolStorage", 1),
  UINT16("U16", "UInt16Storage", 2),
  UINT32("U32", "UInt32Storage", 4),
  UINT64("U64", "UInt64Storage", 8),
  FLOAT8_E4M3("F8_E4M3", "Float8_e4m3fnStorage", 1),
  FLOAT8_E5M2("F8_E5M2", "Float8_e5m2Storage", 1),
  COMPLEX64("C64", "ComplexFloatStorage", 8),
  COMPLEX128("C128", "ComplexDoubleStorage", 16),
  QINT8("QI8", "QInt8Storage", 1),
  QUINT8("QU8", "QUInt8Storage", 1),
  QINT32("QI32", "QInt32Storage", 4),
  /** None of the above; not even its width is known. */
  UNKNOWN("?", "?", 0);

  private final String safetensorsName;
  private final String torchStorage;
  private final int width;

  TensorType(String safetensorsName, String torchStorage, int width) {
    this.safetensorsName = safetensorsName;
    this.torchStorage = torchStorage;
    this.width = width;
  }

  /** Bytes an element takes. */
  public int width() {
    return width;
  }

  String safetensorsName() {
    return safetensorsName;
  }

  String torchStorage() {
    return torchStorage;
  }

  /** Whether {@link #toFloat} understands it. */
  boolean isReadable() {
    return ordinal() <= BOOL.ordinal();
  }

  /** By a dtype's name, such as {@code torch.bfloat16}. */
  static Optional<TensorType> ofTorchDtype(String name) {
    return switch (name) {
      case "torch.float32" -> Optional.of(FLOAT32);
      case "torch.float64" -> Optional.of(FLOAT64);
      case "torch.float16" -> Optional.of(FLOAT16);
      case "torch.bfloat16" -> Optional.of(BFLOAT16);
      case "torch.uint16" -> Optional.of(UINT16);
      case "torch.uint32" -> Optional.of(UINT32);
      case "torch.uint64" -> Optional.of(UINT64);
      case "torch.float8_e4m3fn" -> Optional.of(FLOAT8_E4M3);
      case "torch.float8_e5m2" -> Optional.of(FLOAT8_E5M2);
      default -> Optional.empty();
    };
  }

  static Optional<TensorType> ofSafetensors(String name) {
    return Stream.of(values()).filter(t -> t.safetensorsName.equals(name)).findFirst();
  }

  static Optional<TensorType> ofTorchStorage(String name) {
    return Stream.of(values()).filter(t -> t.torchStorage.equals(name)).findFirst();
  }

  /** The little-endian element at a byte position, rounded to float32 where it is wider. */
  float toFloat(ByteBuffer bytes, int position) {
    return switch (this) {
      case FLOAT32 -> bytes.getFloat(position);
      case FLOAT64 -> (float) bytes.getDouble(position);
      case FLOAT16 -> halfToFloat(bytes.getShort(position));
      case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort(position) << 16);
      case INT64 -> bytes.getLong(position);
      case INT32 -> bytes.getInt(position);
      case INT16 -> bytes.getShort(position);
      case INT8, BOOL -> bytes.get(position);
      case UINT8 -> bytes.get(position) & 0xff;
      default -> throw new IllegalStateException(this + " can't be read");
    };
  }

  /** IEEE 754 binary16 to binary32; exact. */
  private static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) { // zero and subnormals: fraction * 2^-24
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int wide = exponent == 0x1f ? 0xff : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
  }
}
