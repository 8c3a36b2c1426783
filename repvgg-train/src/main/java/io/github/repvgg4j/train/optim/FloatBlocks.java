package io.github.repvgg4j.train.optim;

import io.github.repvgg4j.array.HostMemory;
import io.github.repvgg4j.array.RowMajor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A rule's step block by block: all its arithmetic while a block lies in the core's cache. A step
 * is bound by memory, and vector operations one after another read all of it again and again (SGD
 * 19 times, AdamW 33; here 6 and 8).
 */
final class FloatBlocks {

  /** Six arrays of this length fit the second level of every CPU's cache. */
  private static final int LENGTH = 8192;

  private final UpdateRule.Vectors vectors;
  private final boolean isDecayed;
  private final List<FloatBuffer> buffers = new ArrayList<>();

  private FloatBlocks(UpdateRule.Vectors vectors, boolean isDecayed) {
    this.vectors = vectors;
    this.isDecayed = isDecayed;
  }

  /**
   * Copies of one block of all vectors; what follows the first {@code length} numbers is of no
   * meaning. Parameters and state are written back, the gradient is not.
   *
   * @param decayed null where the rule decays nothing
   * @param rates null where all are 1
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Block(
      int length,
      float[] parameters,
      float[] gradient,
      float[][] state,
      float[] decayed,
      float[] rates) {

    /** {@code p -= rate rates update}. */
    void descend(double rate, float[] update) {
      float factor = (float) rate;
      if (rates == null) {
        for (int i = 0; i < length; i++) {
          parameters[i] -= factor * update[i];
        }
      } else {
        for (int i = 0; i < length; i++) {
          parameters[i] -= factor * (rates[i] * update[i]);
        }
      }
    }
  }

  /** What a rule does with a block. */
  @FunctionalInterface
  interface Step {
    void apply(Block block);
  }

  /** Whether these vectors are float32 in the host's memory. */
  static boolean fit(UpdateRule.Vectors vectors) {
    return vectors.parameters().dataType() == DataType.FLOAT
        && !HostMemory.isOnDevice()
        && arrays(vectors, true).allMatch(RowMajor::is);
  }

  /**
   * Applies the step to all blocks, on all cores; a block's result doesn't depend on which.
   *
   * @param isDecayed whether the step reads the mask of what is decayed
   */
  static void run(UpdateRule.Vectors vectors, boolean isDecayed, Step step) {
    new FloatBlocks(vectors, isDecayed).open(arrays(vectors, isDecayed).toList(), step);
  }

  private static Stream<INDArray> arrays(UpdateRule.Vectors v, boolean isDecayed) {
    Stream<INDArray> always =
        Stream.concat(Stream.of(v.parameters(), v.gradient()), Stream.of(v.state()));
    Stream<INDArray> masks = isDecayed ? Stream.of(v.decayed()) : Stream.empty();
    Stream<INDArray> rates = v.rates() == null ? Stream.empty() : Stream.of(v.rates());
    return Stream.of(always, masks, rates).flatMap(stream -> stream);
  }

  private void open(List<INDArray> arrays, Step step) {
    if (buffers.size() < arrays.size()) {
      HostMemory.write(
          arrays.get(buffers.size()),
          numbers -> {
            buffers.add(numbers);
            open(arrays, step);
          });
    } else {
      int blocks = (int) ((vectors.parameters().length() + LENGTH - 1) / LENGTH);
      int parts = Math.min(blocks, Runtime.getRuntime().availableProcessors());
      IntStream.range(0, parts)
          .parallel()
          .forEach(part -> run(step, blocks * part / parts, blocks * (part + 1) / parts));
    }
  }

  private void run(Step step, int from, int to) {
    List<float[]> copies = buffers.stream().map(b -> new float[LENGTH]).toList();
    int states = vectors.state().length;
    for (int i = from; i < to; i++) {
      int start = i * LENGTH;
      int length = Math.min(LENGTH, buffers.get(0).capacity() - start);
      for (int k = 0; k < copies.size(); k++) {
        buffers.get(k).get(start, copies.get(k), 0, length);
      }
      step.apply(
          new Block(
              length,
              copies.get(0),
              copies.get(1),
              copies.subList(2, 2 + states).toArray(new float[0][]),
              isDecayed ? copies.get(2 + states) : null,
              vectors.rates() == null ? null : copies.get(copies.size() - 1)));
      buffers.get(0).put(start, copies.get(0), 0, length);
      for (int k = 2; k < 2 + states; k++) {
        buffers.get(k).put(start, copies.get(k), 0, length);
      }
    }
  }
}
