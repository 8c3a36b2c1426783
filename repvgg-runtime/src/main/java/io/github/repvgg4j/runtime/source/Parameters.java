package io.github.repvgg4j.runtime.source;

import java.io.Closeable;
import java.io.IOException;
import java.nio.FloatBuffer;

/** DL4J's flat parameter vector, read once from front to back. */
public interface Parameters extends Closeable {

  /** How many numbers there are in all. */
  long length();

  /** The next {@code target.remaining()} numbers. */
  void read(FloatBuffer target) throws IOException;

  /** Passes over the next numbers, which need not be there: a lean INT8 zip has not all of them. */
  void skip(long numbers) throws IOException;
}
