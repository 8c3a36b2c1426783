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

  private record Block(int from, int to) {}

  private GptqFit() {}

  /**
   * GPTQ of one layer.
   *
   * @param batches what it reads, {@code [images, C, H, W]} each
   * @param images in all batches
   */
  static WeightRounding of(
      FloatNetwork network, int node, TapSample taps, Iterable<float[]> batches, int images) {
    InputChannels channels = InputChannels.of(network, node);
    int together = Math.min(TOGETHER, channels.each());
    List<Block> blocks = blocks(taps.groups() * channels.each(), channels.each());
    List<Gptq> roundings = new ArrayList<>();
    while (roundings.size() < blocks.size()) {
      List<Block> next = thatFit(blocks.subList(roundings.size(), blocks.size()));
      int from = next.get(0).from;
      int to = next.get(next.size() - 1).to;
      float[] sample = taps.centred(batches, images, together, from, to);
      int columns = sample.length / (to - from);
      for (Block block : next) {
        roundings.add(new Gptq(Gram.of(sample, columns, block.from - from, block.to - from)));
      }
    }
    return new GptqLayer(roundings, channels);
  }

  private static List<Block> blocks(int taps, int each) {
    List<Block> blocks = new ArrayList<>();
    for (int group = 0; group < taps; group += each) {
      for (int from = group; from < group + each; from += TOGETHER) {
        blocks.add(new Block(from, Math.min(from + TOGETHER, group + each)));
      }
    }
    return blocks;
  }

  /** Small groups are sampled many at once. */
  private static List<Block> thatFit(List<Block> blocks) {
    int count = 1;
    while (count < blocks.size() && blocks.get(count).to - blocks.get(0).from <= TOGETHER) {
      count++;
    }
    return blocks.subList(0, count);
  }
}
