package io.github.repvgg4j.runtime.image;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Another library that runs model zips, found by {@link java.util.ServiceLoader}: a server asks it
 * for networks that the fast runtime can't take. {@code repvgg-deploy} brings Deeplearning4j.
 */
public interface ImageNetworkProvider {

  /** Its name as one word, such as {@code deeplearning4j}. */
  String name();

  /**
   * Loads a model zip; the caller closes the network.
   *
   * @throws IOException one line: what is wrong with the file, or why it has no network of one
   *     output
   */
  ImageNetwork load(Path zip) throws IOException;
}
