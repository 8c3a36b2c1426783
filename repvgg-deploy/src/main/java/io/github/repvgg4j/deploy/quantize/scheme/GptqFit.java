package io.github.repvgg4j.deploy.quantize.scheme;

import io.github.repvgg4j.deploy.quantize.scale.TapSample;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.trace.Gram;
import io.github.repvgg4j.deploy.quantize.weight.Gptq;
import io.github.repvgg4j.deploy.quantize.weight.GptqLayer;
import io.github.repvgg4j.deploy.quantize.weight.InputChannels;
import io.github.repvgg4j.deploy.quantize.weight.WeightRounding;
import java.util.ArrayList;
import java.util.List;

/** From what a layer reads to how its weights are rounded. */
final class GptqFit {

  /**
   * Weights of an output channel that are rounded together: those of 256 channels by a 3x3. Time
   * grows with their square, memory too (21 MB for these).
   */
  private static final int TOGETHER = 2304;

  private final InputChannels channels;
  private final TapSample taps;
  private final int together;

  /** Consecutive weights of one output channel, by the taps that they meet. */
  private record Block(int from, int to) {}

  /**
   * @param taps of the layer
   */
  GptqFit(FloatNetwork network, int node, TapSample taps) {
    this(InputChannels.of(network, node), taps, TOGETHER);
  }

  /**
   * @param together weights of an output channel that may be rounded together
   */
  GptqFit(InputChannels channels, TapSample taps, int together) {
    this.channels = channels;
    this.taps = taps;
    this.together = together;
  }

  /**
   * GPTQ of the layer.
   *
   * @param batches what it reads, {@code [images, C, H, W]} each
   * @param images in all batches
   */
  WeightRounding rounding(Iterable<float[]> batches, int images) {
    List<Block> blocks = blocks();
    int most = blocks.get(0).to;
    List<Gptq> roundings = new ArrayList<>();
    while (roundings.size() < blocks.size()) {
      List<Block> next = thatFit(blocks.subList(roundings.size(), blocks.size()));
      int from = next.get(0).from;
      int to = next.get(next.size() - 1).to;
      float[] sample = taps.centred(batches, images, most, from, to);
      int columns = sample.length / (to - from);
      for (Block block : next) {
        roundings.add(new Gptq(Gram.of(sample, columns, block.from - from, block.to - from)));
      }
    }
    return new GptqLayer(roundings, channels);
  }

  private List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    int each = channels.each();
    for (int group = 0; group < taps.groups() * each; group += each) {
      for (int from = group; from < group + each; from += together) {
        blocks.add(new Block(from, Math.min(from + together, group + each)));
      }
    }
    return blocks;
  }

  /** Small groups are sampled many at once. */
  private List<Block> thatFit(List<Block> blocks) {
    int count = 1;
    while (count < blocks.size() && blocks.get(count).to - blocks.get(0).from <= together) {
      count++;
    }
    return blocks.subList(0, count);
  }
}
