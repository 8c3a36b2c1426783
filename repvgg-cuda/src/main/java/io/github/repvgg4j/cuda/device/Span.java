package io.github.repvgg4j.cuda.device;

/**
 * A range of device memory.
 *
 * @param offset of its first number
 * @param length its numbers
 */
public record Span(DeviceMemory memory, long offset, long length) {

  public Span {
    if (offset < 0 || length < 0 || offset + length > memory.elements()) {
      throw new IllegalArgumentException(
          "numbers "
              + offset
              + " to "
              + (offset + length)
              + " of device memory with "
              + memory.elements());
    }
  }

  public NumberFormat format() {
    return memory.format();
  }
}
