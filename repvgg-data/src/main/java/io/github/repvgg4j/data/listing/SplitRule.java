package io.github.repvgg4j.data.listing;

import io.github.repvgg4j.archive.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * How classes without a test part are divided: each image by a hash of its name, so that it stays
 * where it is when others come.
 *
 * @param test share of the test images, in (0, 1)
 * @param seed another one gives another division
 */
public record SplitRule(double test, long seed) {

  public SplitRule {
    if (!(test > 0 && test < 1)) {
      throw new IllegalArgumentException("test: must be between 0 and 1, got " + test);
    }
  }

  /** Where a name stands, in [0, 1); test images are those below {@link #test}. */
  double position(String name) {
    byte[] hash = Sha256.digest().digest((seed + "\n" + name).getBytes(StandardCharsets.UTF_8));
    return (ByteBuffer.wrap(hash).getLong() >>> 11) * 0x1.0p-53;
  }
}
