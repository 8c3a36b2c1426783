package io.github.repvgg4j.runtime;

import java.io.Closeable;
import java.io.IOException;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/** DL4J's flat parameter vector, read once from front to back. */
interface Parameters extends Closeable {

  /** How many numbers there are in all. */
  long length();

  /** The next {@code target.remaining()} numbers. */
  void read(FloatBuffer target) throws IOException;

  /** The next {@code count} numbers off-heap; the caller closes them. */
  default FloatPointer next(long count) throws IOException {
    FloatPointer numbers = new FloatPointer(count);
    read(numbers.asBuffer());
    return numbers;
  }
}
