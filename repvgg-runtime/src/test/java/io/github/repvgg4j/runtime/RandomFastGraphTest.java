package io.github.repvgg4j.runtime;

import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.testkit.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Random graphs: no buffer is given to another tensor while somebody still reads it. */
class RandomFastGraphTest {

  static final int SIDE = 14;

  /** One graph; every tensor made so far may be read by what comes next. */
  static final class Builder {

    private final Random random;
    private final GraphBuilder graph;
    private final List<Made> made = new ArrayList<>();

    /** A tensor of images, how often it was halved, and its channels. */
    private record Made(String name, int halved, int channels) {}

    Builder(long seed) {
      random = new Random(seed);
      graph =
          new NeuralNetConfiguration.Builder()
              .seed(seed)
              .convolutionMode(ConvolutionMode.Truncate)
              .graphBuilder()
              .allowDisconnected(true)
              .addInputs("in")
              .setInputTypes(InputType.convolutional(SIDE, SIDE, 3));
    }

    ComputationGraph build() {
      convolve(new Made("in", 0, 3), 1);
      for (int i = 0; i < 4 + random.nextInt(14); i++) {
        add();
      }
      Made last = made.get(made.size() - 1);
      graph.addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), last.name());
      graph.addLayer(
          "out",
          new OutputLayer.Builder(LossFunction.MCXENT)
              .nOut(5)
              .activation(Activation.SOFTMAX)
              .build(),
          "pool");
      ComputationGraph network = new ComputationGraph(graph.setOutputs("out").build());
      network.init();
      network
          .paramTable()
          .forEach(
              (key, values) -> {
                double fanIn = values.length() / (double) Math.max(1, values.size(0));
                double scale = key.endsWith("_b") ? 0.1 : Math.sqrt(2 / fanIn);
                for (long i = 0; i < values.length(); i++) {
                  values.putScalar(i, random.nextGaussian() * scale);
                }
              });
      return network;
    }

    private Made any() {
      return made.get(random.nextInt(made.size()));
    }

    private String name() {
      return "t" + made.size();
    }

    private void add() {
      Made from = any();
      switch (random.nextInt(7)) {
        case 0, 1, 2 -> convolve(from, from.halved() < 2 ? 1 + random.nextInt(2) : 1);
        case 3 -> join(from);
        case 4, 5 -> sum(from);
        default -> activate(from);
      }
    }

    private void convolve(Made from, int stride) {
      int kernel = 1 + 2 * random.nextInt(2);
      int[] widths = {3, 8, 16, 24, 20, 32};
      int out = widths[random.nextInt(widths.length)];
      Activation[] functions = {
        Activation.RELU, Activation.IDENTITY, Activation.LEAKYRELU, Activation.SIGMOID
      };
      Activation after = functions[random.nextInt(functions.length)];
      graph.addLayer(
          name(),
          new ConvolutionLayer.Builder(kernel, kernel)
              .stride(stride, stride)
              .padding(kernel / 2, kernel / 2)
              .nOut(out)
              .activation(after)
              .build(),
          from.name());
      made.add(new Made(name(), from.halved() + stride - 1, out));
    }

    private void join(Made from) {
      List<Made> parts =
          new ArrayList<>(made.stream().filter(m -> m.halved() == from.halved()).toList());
      java.util.Collections.shuffle(parts, random);
      parts = parts.subList(0, Math.min(parts.size(), 2 + random.nextInt(2)));
      int channels = parts.stream().mapToInt(Made::channels).sum();
      if (parts.size() > 1 && channels < 200) {
        graph.addVertex(
            name(), new MergeVertex(), parts.stream().map(Made::name).toArray(String[]::new));
        made.add(new Made(name(), from.halved(), channels));
      }
    }

    private void sum(Made from) {
      List<Made> alike =
          made.stream()
              .filter(m -> m.halved() == from.halved() && m.channels() == from.channels())
              .toList();
      Made other = alike.get(random.nextInt(alike.size()));
      ElementWiseVertex add = new ElementWiseVertex(ElementWiseVertex.Op.Add);
      if (random.nextBoolean()) {
        graph.addVertex(name() + "s", add, from.name(), other.name());
        graph.addLayer(name(), new ActivationLayer(Activation.RELU), name() + "s");
      } else {
        graph.addVertex(name(), add, from.name(), other.name());
      }
      made.add(new Made(name(), from.halved(), from.channels()));
    }

    /** On a copy, as the fuser writes it: DL4J's activation would overwrite what others read. */
    private void activate(Made from) {
      if (random.nextBoolean() && from.halved() == 0) {
        SubsamplingLayer.PoolingType type =
            random.nextBoolean()
                ? SubsamplingLayer.PoolingType.MAX
                : SubsamplingLayer.PoolingType.AVG;
        graph.addLayer(
            name(),
            new SubsamplingLayer.Builder(type, new int[] {2, 2}, new int[] {2, 2}).build(),
            from.name());
        made.add(new Made(name(), 1, from.channels()));
        return;
      }
      graph.addVertex(name() + "c", new ScaleVertex(1), from.name());
      graph.addLayer(name(), new ActivationLayer(Activation.RELU), name() + "c");
      made.add(new Made(name(), from.halved(), from.channels()));
    }
  }

  private static void check(long from, int graphs) {
    RuntimeOptions options = RuntimeOptions.of(Precision.FP32).selfCheck(SelfCheck.SKIP);
    for (long seed = from; seed < from + graphs; seed++) {
      ComputationGraph network = new Builder(seed).build();
      INDArray images = FusedNetworks.images(seed, 1 + seed % 3, 3, SIDE, SIDE);
      try (ArrayNetwork fast = ArrayNetwork.of(network, InputShape.square(SIDE), options)) {
        INDArray expected = Logits.of(network, images.dup());
        for (int call = 0; call < 2; call++) {
          Tolerance.FLOAT32.check(fast.logits(images), expected);
        }
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("graph of seed " + seed, e);
      }
    }
  }

  @Test
  void sixtyGraphs() {
    check(0, 60);
  }

  @Test
  @Tag("proof")
  void twoThousandGraphs() {
    check(1000, 2000);
  }
}
