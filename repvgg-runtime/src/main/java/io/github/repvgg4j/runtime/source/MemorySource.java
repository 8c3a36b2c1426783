package io.github.repvgg4j.runtime.source;

import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.spec.InputShape;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * A network in memory.
 *
 * @param quantized the same network in integers, where there is one
 */
public record MemorySource(NetworkParts parts, Optional<QuantizedNetwork> quantized)
    implements NetworkSource {

  /** One without integers. */
  public MemorySource(NetworkParts parts) {
    this(parts, Optional.empty());
  }

  @Override
  public String name() {
    return "network";
  }

  @Override
  public byte[] configuration() {
    return parts.configuration();
  }

  @Override
  public Parameters parameters() {
    FloatBuffer left = parts.parameters().duplicate();
    long length = left.remaining();
    return new Parameters() {
      @Override
      public long length() {
        return length;
      }

      @Override
      public void read(FloatBuffer target) {
        FloatBuffer next = left.slice().limit(target.remaining());
        left.position(left.position() + next.remaining());
        target.put(next);
      }

      @Override
      public void skip(long numbers) {
        left.position(Math.toIntExact(left.position() + numbers));
      }

      @Override
      public void close() {
        // The buffer is the caller's.
      }
    };
  }

  @Override
  public Optional<InputShape> input() {
    return Optional.of(parts.input());
  }

  @Override
  public Optional<Probe> probe() {
    return parts.probe();
  }
}
