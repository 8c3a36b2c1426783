package io.github.repvgg4j.cuda.device;

/** How numbers lie in device memory. */
public enum NumberFormat {
  FLOAT32(4),
  BFLOAT16(2);

  private final int bytes;

  NumberFormat(int bytes) {
    this.bytes = bytes;
  }

  /** Of one number. */
  public int bytes() {
    return bytes;
  }
}
