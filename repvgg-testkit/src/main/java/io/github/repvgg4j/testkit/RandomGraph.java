package io.github.repvgg4j.testkit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A random network of linear pieces and activations: parallel branches with kernels, strides,
 * dilations and modes that mostly fit and sometimes do not, tensors with several readers, sums
 * across activations. Everything follows from the seed.
 */
public final class RandomGraph {

  private record Tensor(String name, int channels, int height, int width) {
    boolean sameShape(Tensor o) {
      return channels == o.channels && height == o.height && width == o.width;
    }
  }

  private final Random random;
  private final GraphBuilder builder;
  private final List<Tensor> tensors = new ArrayList<>();
  private final List<String> made = new ArrayList<>();
  private final Set<String> read = new HashSet<>();
  private final InputType input;

  private final NodeNames names;
  private final String in;

  private RandomGraph(long seed, NodeNames names) {
    this.names = names;
    this.in = names.next("in", List.of());
    random = new Random(seed);
    int channels = 1 + random.nextInt(4);
    int height = 6 + random.nextInt(6);
    int width = 6 + random.nextInt(6);
    input = InputType.convolutional(height, width, channels);
    builder =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .dataType(DataType.DOUBLE)
            .weightInit(WeightInit.XAVIER)
            .graphBuilder()
            .addInputs(in);
    tensors.add(new Tensor(in, channels, height, width));
  }

  /** Names the nodes of one graph. */
  public interface NodeNames {

    /**
     * A name that no other node has.
     *
     * @param kind what it is of
     * @param taken the names so far
     */
    String next(String kind, List<String> taken);
  }

  private static final class Numbered implements NodeNames {
    @Override
    public String next(String kind, List<String> taken) {
      return taken.isEmpty() ? kind : "n" + (taken.size() - 1) + "." + kind;
    }
  }

  /** A network and one input for it. */
  public record Sample(ComputationGraph graph, INDArray x, InputType inputType) {}

  public static Sample of(long seed, int steps) {
    return of(seed, steps, new Numbered());
  }

  /** The same network with other names. */
  public static Sample of(long seed, int steps, NodeNames names) {
    RandomGraph made = new RandomGraph(seed, names);
    for (int i = 0; i < steps || made.made.isEmpty(); i++) {
      made.grow();
    }
    return made.finish(seed);
  }

  private Sample finish(long seed) {
    List<String> outputs = made.stream().filter(n -> !read.contains(n)).toList();
    if (random.nextInt(4) == 0 && tensors.size() > 2) {
      String extra = tensors.get(1 + random.nextInt(tensors.size() - 1)).name();
      if (!outputs.contains(extra)) {
        outputs = new ArrayList<>(outputs);
        outputs.add(extra);
      }
    }
    ComputationGraph graph =
        new ComputationGraph(builder.setOutputs(outputs.toArray(String[]::new)).build());
    graph.init();
    RandomStatistics.fill(graph, seed + 1);
    biases(graph);
    Tensor in = tensors.get(0);
    Nd4j.getRandom().setSeed(seed);
    INDArray x = Nd4j.randn(DataType.DOUBLE, 2, in.channels(), in.height(), in.width());
    return new Sample(graph, x, input);
  }

  private void biases(ComputationGraph graph) {
    for (var layer : graph.getLayers()) {
      if (layer.paramTable() != null
          && layer.paramTable().containsKey("b")
          && random.nextBoolean()) {
        INDArray b = layer.getParam("b");
        for (int i = 0; i < b.length(); i++) {
          b.putScalar(i, random.nextGaussian() * 0.3);
        }
      }
    }
  }

  private void grow() {
    Tensor from = random.nextInt(3) == 0 ? pick() : tensors.get(tensors.size() - 1);
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> block(from);
      case 3 -> keep(single(from));
      case 4 -> keep(layer(from, new ActivationLayer(activation()), from));
      case 5 -> addAny();
      case 6 -> keep(batchNorm(convolution(from, 1 + random.nextInt(4), stride(from))));
      default -> keep(batchNorm(from));
    }
  }

  private String name(String kind) {
    List<String> taken = new ArrayList<>(List.of(in));
    taken.addAll(made);
    return names.next(kind, taken);
  }

  private Tensor pick() {
    return tensors.get(random.nextInt(tensors.size()));
  }

  private Activation activation() {
    return random.nextBoolean() ? Activation.RELU : Activation.LEAKYRELU;
  }

  private void keep(Tensor tensor) {
    if (tensor != null) {
      tensors.add(tensor);
    }
  }

  /** Branches of one tensor, mostly of one shape, added. */
  private void block(Tensor from) {
    int stride = stride(from);
    int out = random.nextBoolean() ? from.channels() : 1 + random.nextInt(4);
    List<Tensor> branches = new ArrayList<>();
    int wanted = 2 + random.nextInt(3);
    for (int i = 0; i < wanted; i++) {
      Tensor branch = branch(from, out, random.nextInt(12) == 0 ? 3 - stride : stride);
      if (branch != null && (branches.isEmpty() || branch.sameShape(branches.get(0)))) {
        branches.add(branch);
      } else {
        keep(branch);
      }
    }
    if (stride == 1 && out == from.channels() && !branches.isEmpty() && random.nextBoolean()) {
      Tensor skip = random.nextBoolean() ? batchNorm(from) : from;
      if (skip.sameShape(branches.get(0))) {
        branches.add(skip);
      }
    }
    Tensor sum = branches.size() < 2 ? branches.stream().findFirst().orElse(null) : add(branches);
    if (sum != null && !sum.name().equals(from.name())) {
      keep(random.nextInt(3) > 0 ? layer(sum, new ActivationLayer(activation()), sum) : sum);
    }
  }

  private Tensor branch(Tensor from, int out, int stride) {
    Tensor current = from;
    if (random.nextInt(4) == 0) {
      current = convolution(current, from.channels(), 1, 1, 1, 0, false);
      current = random.nextBoolean() ? batchNorm(current) : current;
    }
    if (current != null && random.nextInt(8) == 0) {
      current = pointwiseOp(current);
    }
    current = current == null ? null : convolution(current, out, stride);
    if (current != null && random.nextInt(3) > 0) {
      current = batchNorm(current);
    }
    return current != null && random.nextInt(6) == 0 ? pointwiseOp(current) : current;
  }

  private Tensor pointwiseOp(Tensor from) {
    return switch (random.nextInt(5)) {
      case 0 -> vertex(from, new ScaleVertex(0.7));
      case 1 -> vertex(from, new ShiftVertex(0.2));
      case 2 -> layer(from, new DropoutLayer(0.5), from);
      case 3 -> layer(from, new ActivationLayer(Activation.IDENTITY), from);
      default -> batchNorm(from);
    };
  }

  private Tensor single(Tensor from) {
    return switch (random.nextInt(4)) {
      case 0 -> pool(from);
      case 1 -> {
        int[] p = {random.nextInt(2), random.nextInt(2), random.nextInt(2), random.nextInt(2)};
        yield layer(
            from,
            new ZeroPaddingLayer.Builder(p).build(),
            new Tensor(
                "", from.channels(), from.height() + p[0] + p[1], from.width() + p[2] + p[3]));
      }
      case 2 -> separable(from);
      default -> pointwiseOp(from);
    };
  }

  private Tensor separable(Tensor from) {
    if (from.channels() < 2) {
      return null;
    }
    int out = 1 + random.nextInt(3);
    Tensor result =
        layer(
            from,
            new SeparableConvolution2D.Builder(3, 3)
                .nIn(from.channels())
                .nOut(out)
                .depthMultiplier(1)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.IDENTITY)
                .build(),
            new Tensor("", out, from.height(), from.width()));
    return batchNorm(result);
  }

  private Tensor pool(Tensor from) {
    int height = from.height() - 1;
    int width = from.width() - 1;
    if (height < 1 || width < 1) {
      return null;
    }
    SubsamplingLayer pool =
        new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
            .kernelSize(2, 2)
            .stride(1, 1)
            .convolutionMode(ConvolutionMode.Truncate)
            .build();
    return layer(from, pool, new Tensor("", from.channels(), height, width));
  }

  private int stride(Tensor from) {
    return Math.min(from.height(), from.width()) > 4 && random.nextInt(3) == 0 ? 2 : 1;
  }

  private Tensor convolution(Tensor from, int out, int stride) {
    int[] kernels = {1, 1, 3, 3, 3, 5};
    int kh = kernels[random.nextInt(kernels.length)];
    int kw = random.nextInt(5) == 0 ? kernels[random.nextInt(kernels.length)] : kh;
    int dilation = random.nextInt(6) == 0 ? 2 : 1;
    boolean same = random.nextInt(3) == 0;
    boolean depthwise = random.nextInt(6) == 0 && out == from.channels();
    boolean centred = random.nextInt(8) > 0;
    int ph = centred ? dilation * (kh / 2) : 0;
    int pw = centred ? dilation * (kw / 2) : 0;
    return convolution(
        from,
        out,
        new int[] {kh, kw},
        stride,
        dilation,
        same ? null : new int[] {ph, pw},
        depthwise);
  }

  private Tensor convolution(
      Tensor from, int out, int kernel, int stride, int dilation, int padding, boolean depthwise) {
    return convolution(
        from,
        out,
        new int[] {kernel, kernel},
        stride,
        dilation,
        new int[] {padding, padding},
        depthwise);
  }

  private Tensor convolution(
      Tensor from,
      int out,
      int[] kernel,
      int stride,
      int dilation,
      int[] padding,
      boolean depthwise) {
    int height =
        size(from.height(), kernel[0], stride, dilation, padding == null ? -1 : padding[0]);
    int width = size(from.width(), kernel[1], stride, dilation, padding == null ? -1 : padding[1]);
    if (height < 1 || width < 1) {
      return null;
    }
    ConvolutionLayer.BaseConvBuilder<?> conv =
        depthwise
            ? new DepthwiseConvolution2D.Builder(kernel).depthMultiplier(1)
            : new ConvolutionLayer.Builder(kernel);
    conv.stride(stride, stride)
        .dilation(dilation, dilation)
        .nIn(from.channels())
        .nOut(out)
        .hasBias(random.nextBoolean())
        .activation(random.nextInt(8) == 0 ? Activation.RELU : Activation.IDENTITY);
    if (padding == null) {
      conv.convolutionMode(ConvolutionMode.Same);
    } else {
      conv.convolutionMode(ConvolutionMode.Truncate).padding(padding);
    }
    return layer(from, conv.build(), new Tensor("", out, height, width));
  }

  private static int size(int in, int kernel, int stride, int dilation, int padding) {
    int span = (kernel - 1) * dilation + 1;
    if (padding < 0) {
      int out = (in + stride - 1) / stride;
      return (out - 1) * stride + span - in < 0 ? 0 : out;
    }
    return span > in + 2 * padding ? 0 : (in + 2 * padding - span) / stride + 1;
  }

  private Tensor batchNorm(Tensor from) {
    if (from == null) {
      return null;
    }
    BatchNormalization.Builder batchNorm =
        new BatchNormalization.Builder()
            .nIn(from.channels())
            .nOut(from.channels())
            .useLogStd(random.nextBoolean());
    if (random.nextInt(6) == 0) {
      batchNorm.lockGammaBeta(true).gamma(random.nextBoolean() ? 1 : 1.5);
      batchNorm.beta(random.nextBoolean() ? 0 : 0.4);
    }
    return layer(from, batchNorm.build(), from);
  }

  private void addAny() {
    Tensor first = pick();
    List<Tensor> fitting = tensors.stream().filter(first::sameShape).toList();
    if (fitting.size() > 1 && !first.name().equals(in)) {
      keep(add(List.of(first, fitting.get(random.nextInt(fitting.size())))));
    }
  }

  private Tensor add(List<Tensor> branches) {
    String name = name("add");
    boolean two = branches.size() == 2;
    ElementWiseVertex.Op op =
        random.nextInt(8) == 0
            ? (two && random.nextBoolean()
                ? ElementWiseVertex.Op.Subtract
                : ElementWiseVertex.Op.Average)
            : ElementWiseVertex.Op.Add;
    builder.addVertex(
        name,
        new ElementWiseVertex(op),
        branches.stream().map(Tensor::name).toArray(String[]::new));
    branches.forEach(b -> read.add(b.name()));
    made.add(name);
    Tensor shape = branches.get(0);
    return new Tensor(name, shape.channels(), shape.height(), shape.width());
  }

  private Tensor layer(Tensor from, Layer layer, Tensor shape) {
    String name = name(layer.getClass().getSimpleName());
    builder.addLayer(name, layer, from.name());
    read.add(from.name());
    made.add(name);
    return new Tensor(name, shape.channels(), shape.height(), shape.width());
  }

  private Tensor vertex(Tensor from, org.deeplearning4j.nn.conf.graph.GraphVertex vertex) {
    String name = name(vertex.getClass().getSimpleName());
    builder.addVertex(name, vertex, from.name());
    read.add(from.name());
    made.add(name);
    return new Tensor(name, from.channels(), from.height(), from.width());
  }
}
