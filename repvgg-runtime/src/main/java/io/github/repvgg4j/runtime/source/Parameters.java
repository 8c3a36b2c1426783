package io.github.repvgg4j.runtime.source;

import io.github.repvgg4j.runtime.graph.FastLayer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** DL4J's flat parameter vector, read once from front to back. */
public interface Parameters extends Closeable {

  /** How many numbers there are in all. */
  long length();

  /** The next {@code target.remaining()} numbers. */
  void read(FloatBuffer target) throws IOException;

  /** The next numbers as a layer's arrays, each in the order of {@link FastLayer#arrays()}. */
  default List<float[]> read(FastLayer layer) throws IOException {
    List<float[]> arrays = new ArrayList<>();
    for (long[] dims : layer.arrays()) {
      float[] array = new float[Math.toIntExact(FastLayer.product(dims))];
      read(FloatBuffer.wrap(array));
      layer.arrange(arrays.size(), FloatBuffer.wrap(array));
      arrays.add(array);
    }
    return List.copyOf(arrays);
  }

  /** Passes over the next numbers, which need not be there: a lean INT8 zip has not all of them. */
  void skip(long numbers) throws IOException;
}
