package io.github.repvgg4j.deploy.onnx;

import java.util.ArrayList;
import java.util.List;

/**
 * A tensor of the file: what one node gives, or an input. Images are {@code [N, C, H, W]} whatever
 * the network's own layout is.
 *
 * @param name in the file; no other tensor has it
 * @param shape its axes, the batch first
 */
record Value(String name, List<Dimension> shape) {

  Value {
    shape = List.copyOf(shape);
  }

  int rank() {
    return shape.size();
  }

  boolean isImage() {
    return rank() == 4;
  }

  Dimension channels() {
    return shape.get(1);
  }

  /** This shape with the last axes replaced. */
  List<Dimension> shapeWith(int from, List<Dimension> axes) {
    List<Dimension> changed = new ArrayList<>(shape.subList(0, from));
    changed.addAll(axes);
    return changed;
  }

  /** This shape with another number of channels. */
  List<Dimension> shapeWithChannels(Dimension channels) {
    List<Dimension> changed = new ArrayList<>(shape);
    changed.set(1, channels);
    return changed;
  }
}
