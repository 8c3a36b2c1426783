package io.github.repvgg4j.deploy.quantize.weight;

import java.util.List;

/**
 * GPTQ for all output channels of a layer.
 *
 * @param blocks of each group the weights that are looked at together, group after group
 * @param channels whose inputs they are
 */
public record GptqLayer(List<Gptq> blocks, InputChannels channels) implements WeightRounding {

  public GptqLayer {
    blocks = List.copyOf(blocks);
  }

  @Override
  public void round(float[] weights, int from, int to, double scale, int limit, byte[] codes) {
    int group = from / channels.each() / channels.outPerGroup();
    int at = from;
    for (int b = group * blocksOfGroup(); at < to; b++) {
      blocks.get(b).round(weights, at, scale, limit, codes);
      at += blocks.get(b).size();
    }
  }

  private int blocksOfGroup() {
    int first = blocks.get(0).size();
    return (channels.each() + first - 1) / first;
  }
}
