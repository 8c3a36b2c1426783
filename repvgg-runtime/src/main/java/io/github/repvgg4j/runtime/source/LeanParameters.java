package io.github.repvgg4j.runtime.source;

import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.FloatRest;
import io.github.repvgg4j.archive.quantized.QuantizedEntries;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** The parameters that a lean INT8 zip has kept; reading one of the others fails. */
final class LeanParameters implements Parameters {

  private final SafeZip zip;
  private final FloatRest rest;
  private final FloatBuffer kept;
  private long next;

  private LeanParameters(SafeZip zip, FloatRest rest, FloatBuffer kept) {
    this.zip = zip;
    this.rest = rest;
    this.kept = kept;
  }

  static LeanParameters open(SafeZip zip) throws IOException {
    FloatRest rest = QuantizedEntries.rest(zip);
    byte[] bytes = zip.read(QuantizedEntries.FLOATS);
    return new LeanParameters(
        zip, rest, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());
  }

  @Override
  public long length() {
    return rest.parameters();
  }

  @Override
  public void read(FloatBuffer target) throws IOException {
    long end = next + target.remaining();
    long before = 0;
    for (FloatRest.Span span : rest.spans()) {
      if (span.first() <= next && end <= span.first() + span.count()) {
        kept.position(Math.toIntExact(before + next - span.first()));
        target.put(kept.slice().limit(target.remaining()));
        next = end;
        return;
      }
      before += span.count();
    }
    throw QuantizedEntries.leanFault(zip);
  }

  @Override
  public void skip(long numbers) {
    next += numbers;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
