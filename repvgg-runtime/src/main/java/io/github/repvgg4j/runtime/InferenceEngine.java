package io.github.repvgg4j.runtime;

import java.nio.FloatBuffer;

/** What computes logits. */
interface InferenceEngine extends AutoCloseable {

  /**
   * @param images direct, native order, float32 [N, C, H, W] from its position on
   * @param key N, C, H, W
   * @param logits direct, native order, float32 [N, classes] from its position on, written
   */
  void run(FloatBuffer images, BatchShape key, FloatBuffer logits);

  /** One line: what runs, and why not something else. */
  String description();

  /** Bytes off-heap now. */
  MemoryUse memory();

  @Override
  void close();
}
