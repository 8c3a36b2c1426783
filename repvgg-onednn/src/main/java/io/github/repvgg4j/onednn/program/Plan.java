package io.github.repvgg4j.onednn.program;

/** What is made once for a shape. */
public interface Plan extends AutoCloseable {

  /** Memory that it holds between runs. */
  long bytes();

  @Override
  void close();
}
