package io.github.repvgg4j.deploy.quantize.scheme;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.deploy.quantize.scale.CalibrationSet;
import io.github.repvgg4j.deploy.quantize.trace.Coded;
import io.github.repvgg4j.runtime.graph.FastGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** The tensors of all calibration images that are needed still, a byte a code. */
final class HeldTensors {

  private final CalibrationSet images;
  private final SortedMap<Integer, Codes> codes;
  private final Map<Integer, List<Held>> held = new HashMap<>();

  /** One batch; either bytes or floats. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Held(byte[] bytes, float[] floats, Codes codes) {

    static Held of(Coded tensor) {
      if (tensor.codes() == null) {
        return new Held(null, tensor.numbers(), null);
      }
      byte[] bytes = new byte[tensor.numbers().length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) ((int) tensor.numbers()[i] + tensor.codes().zeroPoint());
      }
      return new Held(bytes, null, tensor.codes());
    }

    Coded tensor() {
      if (codes == null) {
        return Coded.real(floats);
      }
      float[] numbers = new float[bytes.length];
      int mask = codes.type() == Codes.Type.U8 ? 0xff : -1;
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (bytes[i] & mask) - codes.zeroPoint();
      }
      return new Coded(numbers, codes);
    }
  }

  HeldTensors(CalibrationSet images, SortedMap<Integer, Codes> codes) {
    this.images = images;
    this.codes = codes;
  }

  /** Of one batch, which comes behind those before it. */
  void add(int node, Coded tensor) {
    held.computeIfAbsent(node, n -> new ArrayList<>()).add(Held.of(tensor));
  }

  Coded get(int node, int batch) {
    if (node != FastGraph.IMAGES) {
      return held.get(node).get(batch).tensor();
    }
    Codes ofImages = codes.get(node);
    float[] values = images.batch(batch);
    return ofImages == null ? Coded.real(values) : Coded.of(values, ofImages);
  }

  void forget(int node) {
    held.remove(node);
  }
}
