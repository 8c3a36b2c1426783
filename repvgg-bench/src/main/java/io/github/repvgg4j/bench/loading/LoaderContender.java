package io.github.repvgg4j.bench.loading;

/** A loader of training images, open on its files. */
interface LoaderContender extends AutoCloseable {

  /** {@code torchvision}. */
  String name();

  int threads();

  /**
   * What an epoch held.
   *
   * @param images delivered
   * @param mean of all their normalised values
   */
  record Content(long images, double mean) {}

  /**
   * Loads the next epoch to its end, each batch as float32 arrays that the network takes.
   *
   * @return images delivered
   */
  long epoch();

  /** The same, and looks at the values. */
  Content content();

  @Override
  void close();
}
