package io.github.repvgg4j.runtime.source;

import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.util.Optional;

/** Where a fused network comes from. */
public interface NetworkSource {

  /** For messages, such as the path of a file. */
  String name();

  /** Deeplearning4j's {@code configuration.json}, UTF-8. */
  byte[] configuration() throws IOException;

  /** All parameters, from the first on; the caller closes them. */
  Parameters parameters() throws IOException;

  /** What Deeplearning4j made of probe images. */
  Optional<Probe> probe() throws IOException;

  /**
   * The integers of an INT8 network, held against its float32 weights and {@link #configuration};
   * empty where there are none.
   */
  Optional<QuantizedNetwork> quantized() throws IOException;

  /** Shape of an image, where it is known. */
  Optional<InputShape> input() throws IOException;
}
