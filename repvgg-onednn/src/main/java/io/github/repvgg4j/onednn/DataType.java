package io.github.repvgg4j.onednn;

import org.bytedeco.dnnl.global.dnnl;

/** How one number is stored. */
public enum DataType {
  /** 32-bit floating point. */
  F32(dnnl.dnnl_f32),
  /** 16-bit brain floating point: 8 bits of exponent, 7 of mantissa. */
  BF16(dnnl.dnnl_bf16),
  /** 32-bit integer: sums of 8-bit products. */
  S32(dnnl.dnnl_s32),
  /** 8-bit integer. */
  S8(dnnl.dnnl_s8),
  /** 8-bit integer without a sign. */
  U8(dnnl.dnnl_u8);

  private final int number;

  DataType(int number) {
    this.number = number;
  }

  /** oneDNN's number of it, for this module. */
  public int number() {
    return number;
  }

  static DataType of(int number) {
    for (DataType type : values()) {
      if (type.number == number) {
        return type;
      }
    }
    throw new OneDnnException("data type " + number + " is not one of this module's");
  }
}
