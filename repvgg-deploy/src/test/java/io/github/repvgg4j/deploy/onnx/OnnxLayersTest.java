package io.github.repvgg4j.deploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.testkit.RandomStatistics;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationRationalTanh;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationRectifiedTanh;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Every layer, vertex and activation that is written, against Deeplearning4j. */
class OnnxLayersTest {

  private static final int CHANNELS = 4;
  private static final int HEIGHT = 9;
  private static final int WIDTH = 11;
  private static final InputType IMAGE = InputType.convolutional(HEIGHT, WIDTH, CHANNELS);

  @TempDir Path folder;

  private static MultiLayerNetwork chain(InputType type, Layer... layers) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .activation(new ActivationIdentity())
                .list(layers)
                .setInputType(type)
                .validateOutputLayerConfig(false)
                .build());
    network.init();
    RandomStatistics.fill(network, 4);
    return network;
  }

  private static INDArray images() {
    Nd4j.getRandom().setSeed(5);
    return Nd4j.randn(DataType.DOUBLE, 2, CHANNELS, HEIGHT, WIDTH);
  }

  /** With the image's size known and, unless the layer needs it, unknown. */
  private void check(String what, MultiLayerNetwork network) throws Exception {
    InputShape shape = new InputShape(CHANNELS, HEIGHT, WIDTH);
    Compared.check(folder, network, Compared.ACTIVATED.withShape(shape), what, images());
    Compared.check(folder, network, Compared.ACTIVATED, what + ", open size", images());
    Compared.check(folder, network, Compared.ACTIVATED.withOpset(13), what + ", 13", images());
  }

  static Stream<Arguments> activations() {
    return Stream.of(
            new ActivationCube(),
            new ActivationELU(0.7),
            new ActivationGELU(false),
            new ActivationGELU(true),
            new ActivationHardSigmoid(),
            new ActivationHardTanH(),
            new ActivationIdentity(),
            new ActivationLReLU(0.2),
            new ActivationMish(),
            new ActivationRReLU(0.1, 0.5),
            new ActivationRationalTanh(),
            new ActivationReLU(),
            new ActivationReLU(1.5, 0.0, 0.0),
            new ActivationReLU(1.5, 0.5, 0.1),
            new ActivationReLU(2.0, null, 0.3),
            new ActivationReLU6(),
            new ActivationRectifiedTanh(),
            new ActivationSELU(),
            new ActivationSigmoid(),
            new ActivationSoftPlus(),
            new ActivationSoftSign(),
            new ActivationSoftmax(),
            new ActivationSwish(),
            new ActivationTanH(),
            new ActivationThresholdedReLU(0.4))
        .map(Arguments::of);
  }

  @ParameterizedTest
  @MethodSource("activations")
  void activationIsDeeplearning4js(IActivation function) throws Exception {
    check(
        "layer " + function,
        chain(
            IMAGE,
            new ConvolutionLayer.Builder(1, 1).nOut(CHANNELS).build(),
            new ActivationLayer(function)));
    check(
        "rows " + function,
        chain(IMAGE, new DenseLayer.Builder().nOut(6).activation(function).build()));
  }

  private static SubsamplingLayer.Builder pool(
      SubsamplingLayer.PoolingType type, int rows, int columns, int stride) {
    return new SubsamplingLayer.Builder(
        type, new int[] {rows, columns}, new int[] {stride, stride});
  }

  static Stream<Arguments> layers() {
    return Stream.of(
        Arguments.of("pooling max", pool(SubsamplingLayer.PoolingType.MAX, 3, 2, 2).build()),
        Arguments.of(
            "pooling max same",
            pool(SubsamplingLayer.PoolingType.MAX, 2, 2, 1)
                .convolutionMode(ConvolutionMode.Same)
                .build()),
        Arguments.of(
            "pooling max same strided",
            pool(SubsamplingLayer.PoolingType.MAX, 3, 3, 2)
                .convolutionMode(ConvolutionMode.Same)
                .build()),
        Arguments.of(
            "pooling max padded",
            pool(SubsamplingLayer.PoolingType.MAX, 3, 3, 2).padding(1, 1).build()),
        Arguments.of(
            "pooling max dilated",
            pool(SubsamplingLayer.PoolingType.MAX, 3, 3, 1).dilation(2, 2).build()),
        Arguments.of(
            "pooling max same dilated",
            pool(SubsamplingLayer.PoolingType.MAX, 3, 3, 1)
                .dilation(2, 2)
                .convolutionMode(ConvolutionMode.Same)
                .build()),
        Arguments.of(
            "pooling avg padded",
            pool(SubsamplingLayer.PoolingType.AVG, 3, 3, 2).padding(1, 1).build()),
        Arguments.of(
            "pooling avg padded, counted",
            pool(SubsamplingLayer.PoolingType.AVG, 3, 3, 2)
                .padding(1, 1)
                .avgPoolIncludePadInDivisor(true)
                .build()),
        Arguments.of(
            "pooling avg same strided",
            pool(SubsamplingLayer.PoolingType.AVG, 3, 3, 2)
                .convolutionMode(ConvolutionMode.Same)
                .build()),
        Arguments.of(
            "pooling p-norm", pool(SubsamplingLayer.PoolingType.PNORM, 3, 3, 2).pnorm(2).build()),
        Arguments.of("global avg", new GlobalPoolingLayer(PoolingType.AVG)),
        Arguments.of("global max", new GlobalPoolingLayer(PoolingType.MAX)),
        Arguments.of("global sum", new GlobalPoolingLayer(PoolingType.SUM)),
        Arguments.of(
            "global p-norm", new GlobalPoolingLayer.Builder(PoolingType.PNORM).pnorm(3).build()),
        Arguments.of(
            "global kept axes",
            new GlobalPoolingLayer.Builder(PoolingType.AVG).collapseDimensions(false).build()),
        Arguments.of("lrn", new LocalResponseNormalization.Builder(5, 1e-1, 0.75).k(2).build()),
        Arguments.of(
            "lrn of even size", new LocalResponseNormalization.Builder(4, 3e-1, 0.5).k(1).build()),
        Arguments.of(
            "lrn of three", new LocalResponseNormalization.Builder(3, 1, 0.9).k(1).build()),
        Arguments.of("zero padding", new ZeroPaddingLayer.Builder(1, 2, 3, 0).build()),
        Arguments.of("cropping", new Cropping2D(1, 2, 0, 3)),
        Arguments.of("upsampling", new Upsampling2D.Builder(3).build()),
        Arguments.of("dropout", new DropoutLayer(0.5)),
        Arguments.of(
            "deconvolution", new Deconvolution2D.Builder(3, 3).nOut(3).stride(2, 2).build()),
        Arguments.of(
            "deconvolution padded",
            new Deconvolution2D.Builder(4, 3).nOut(3).stride(2, 1).padding(1, 1).build()),
        Arguments.of(
            "deconvolution same",
            new Deconvolution2D.Builder(3, 3)
                .nOut(3)
                .stride(2, 2)
                .convolutionMode(ConvolutionMode.Same)
                .build()),
        Arguments.of(
            "deconvolution same, small",
            new Deconvolution2D.Builder(2, 2)
                .nOut(3)
                .stride(2, 2)
                .convolutionMode(ConvolutionMode.Same)
                .build()),
        Arguments.of(
            "deconvolution same, even",
            new Deconvolution2D.Builder(4, 4)
                .nOut(3)
                .stride(1, 1)
                .convolutionMode(ConvolutionMode.Same)
                .build()),
        Arguments.of(
            "deconvolution same, less than its stride",
            new Deconvolution2D.Builder(2, 1)
                .nOut(3)
                .stride(3, 2)
                .convolutionMode(ConvolutionMode.Same)
                .build()),
        Arguments.of(
            "deconvolution dilated",
            new Deconvolution2D.Builder(3, 2).nOut(3).stride(2, 2).dilation(2, 2).build()),
        Arguments.of(
            "depthwise", new DepthwiseConvolution2D.Builder(3, 3).depthMultiplier(2).build()),
        Arguments.of(
            "depthwise same dilated",
            new DepthwiseConvolution2D.Builder(3, 3)
                .dilation(2, 2)
                .depthMultiplier(1)
                .convolutionMode(ConvolutionMode.Same)
                .build()),
        Arguments.of(
            "separable",
            new SeparableConvolution2D.Builder(3, 3).nOut(5).depthMultiplier(2).build()),
        Arguments.of(
            "separable same strided",
            new SeparableConvolution2D.Builder(3, 3)
                .nOut(5)
                .stride(2, 2)
                .convolutionMode(ConvolutionMode.Same)
                .build()),
        Arguments.of(
            "convolution without bias",
            new ConvolutionLayer.Builder(3, 3).nOut(5).hasBias(false).build()),
        Arguments.of(
            "p-relu",
            new PReLULayer.Builder().inputShape(CHANNELS, HEIGHT, WIDTH).sharedAxes(2, 3).build()),
        Arguments.of("frozen", new FrozenLayer(new ConvolutionLayer.Builder(3, 3).nOut(5).build())),
        Arguments.of(
            "dropout in a layer",
            new ConvolutionLayer.Builder(3, 3).nOut(5).dropOut(new Dropout(0.5)).build()),
        Arguments.of(
            "locked gamma and beta", new BatchNormalization.Builder().lockGammaBeta(true).build()),
        Arguments.of(
            "locked to others",
            new BatchNormalization.Builder().lockGammaBeta(true).gamma(1.5).beta(0.4).build()),
        Arguments.of(
            "locked gamma alone",
            new BatchNormalization.Builder().lockGammaBeta(true).gamma(1.5).beta(0).build()),
        Arguments.of(
            "locked beta alone",
            new BatchNormalization.Builder().lockGammaBeta(true).gamma(1).beta(0.3).build()),
        Arguments.of(
            "logarithm of the deviation", new BatchNormalization.Builder().useLogStd(true).build()),
        Arguments.of(
            "loss layer",
            new LossLayer.Builder(LossFunction.MSE).activation(new ActivationTanH()).build()),
        Arguments.of(
            "pixel softmax",
            new CnnLossLayer.Builder(LossFunction.MCXENT)
                .activation(new ActivationSoftmax())
                .build()),
        Arguments.of(
            "pixel sigmoid",
            new CnnLossLayer.Builder(LossFunction.XENT)
                .activation(new ActivationSigmoid())
                .build()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layers")
  void layerIsDeeplearning4js(String what, Layer layer) throws Exception {
    check(what, chain(IMAGE, new ConvolutionLayer.Builder(1, 1).nOut(CHANNELS).build(), layer));
  }

  @ParameterizedTest
  @CsvSource({
    "3, 3, 1, 2",
    "3, 1, 1, 3",
    "5, 3, 1, 2",
    "2, 2, 1, 2",
    "4, 2, 1, 3",
    "3, 3, 2, 1",
    "3, 2, 2, 1",
    "2, 3, 3, 1",
    "3, 3, 2, 2",
    "5, 2, 2, 2",
    "1, 1, 2, 1",
    "4, 3, 3, 2"
  })
  void sameIsPaddedAsDeeplearning4jDoes(int kh, int kw, int stride, int dilation) throws Exception {
    InputShape shape = new InputShape(CHANNELS, HEIGHT, WIDTH);
    String what = "kernel %dx%d stride %d dilation %d".formatted(kh, kw, stride, dilation);
    for (ConvolutionLayer.BaseConvBuilder<?> builder :
        List.of(
            new ConvolutionLayer.Builder(kh, kw).nOut(3),
            new DepthwiseConvolution2D.Builder(kh, kw).depthMultiplier(1),
            new SeparableConvolution2D.Builder(kh, kw).nOut(3))) {
      Layer layer =
          builder
              .stride(stride, stride)
              .dilation(dilation, dilation)
              .convolutionMode(ConvolutionMode.Same)
              .build();
      MultiLayerNetwork network = chain(IMAGE, layer);
      Compared.check(folder, network, Compared.ACTIVATED.withShape(shape), what, images());
      if (stride > 1 && dilation > 1) {
        assertThatThrownBy(
                () -> Compared.check(folder, network, Compared.ACTIVATED, what, images()))
            .hasMessageContaining("layer layer0: mode Same with stride and dilation")
            .hasMessageContaining("--input C,H,W");
      } else {
        Compared.check(folder, network, Compared.ACTIVATED, what + ", open size", images());
      }
    }
  }

  @Test
  void spaceToDepthAndBoxesAreDeeplearning4js() throws Exception {
    InputType even = InputType.convolutional(8, 8, 3);
    INDArray priors = Nd4j.createFromArray(new double[][] {{1, 2}, {2.5, 1.5}});
    MultiLayerNetwork network =
        chain(
            even,
            new ConvolutionLayer.Builder(1, 1).nOut(4).build(),
            new SpaceToDepthLayer.Builder(2, CNN2DFormat.NCHW).build(),
            new ConvolutionLayer.Builder(1, 1).nOut(2 * (5 + 3)).build(),
            new Yolo2OutputLayer.Builder().boundingBoxPriors(priors).build());
    INDArray x = Nd4j.randn(DataType.DOUBLE, 2, 3, 8, 8);
    Compared.check(
        folder, network, Compared.ACTIVATED.withShape(new InputShape(3, 8, 8)), "boxes", x);
    assertThatThrownBy(() -> Compared.check(folder, network, Compared.ACTIVATED, "boxes", x))
        .hasMessageContaining("give --input C,H,W");
  }

  static Stream<Arguments> vertices() {
    return Stream.of(
        Arguments.of(new ElementWiseVertex(ElementWiseVertex.Op.Add), 3),
        Arguments.of(new ElementWiseVertex(ElementWiseVertex.Op.Subtract), 2),
        Arguments.of(new ElementWiseVertex(ElementWiseVertex.Op.Product), 3),
        Arguments.of(new ElementWiseVertex(ElementWiseVertex.Op.Average), 3),
        Arguments.of(new ElementWiseVertex(ElementWiseVertex.Op.Max), 3),
        Arguments.of(new MergeVertex(), 3),
        Arguments.of(new ScaleVertex(0.7), 1),
        Arguments.of(new ShiftVertex(-0.4), 1),
        Arguments.of(new L2NormalizeVertex(), 1),
        Arguments.of(new PoolHelperVertex(), 1),
        Arguments.of(new SubsetVertex(1, 2), 1));
  }

  @ParameterizedTest
  @MethodSource("vertices")
  void vertexIsDeeplearning4js(GraphVertex vertex, int inputs) throws Exception {
    var builder = new NeuralNetConfiguration.Builder().seed(6).graphBuilder().addInputs("in");
    String[] names = new String[inputs];
    for (int i = 0; i < inputs; i++) {
      names[i] = "conv" + i;
      builder.addLayer(
          names[i],
          new ConvolutionLayer.Builder(3, 3)
              .nIn(CHANNELS)
              .nOut(3)
              .activation(new ActivationTanH())
              .build(),
          "in");
    }
    builder.addVertex("v", vertex, names).setOutputs("v");
    ComputationGraph graph = new ComputationGraph(builder.build());
    graph.init();
    INDArray x = images().castTo(DataType.FLOAT);
    Compared.check(folder, graph, Compared.ACTIVATED, vertex.toString(), x);
  }

  @Test
  void networkOfChannelsLastIsWrittenForImagesOfChannelsFirst() throws Exception {
    InputType last = InputType.convolutional(HEIGHT, WIDTH, CHANNELS, CNN2DFormat.NHWC);
    MultiLayerNetwork network =
        chain(
            last,
            new ConvolutionLayer.Builder(3, 3)
                .nOut(5)
                .stride(2, 2)
                .dataFormat(CNN2DFormat.NHWC)
                .convolutionMode(ConvolutionMode.Same)
                .build(),
            new BatchNormalization(),
            pool(SubsamplingLayer.PoolingType.MAX, 2, 2, 1).dataFormat(CNN2DFormat.NHWC).build(),
            new OutputLayer.Builder().nOut(3).activation(new ActivationSoftmax()).build());
    INDArray x = images();
    INDArray expected = network.output(x.permute(0, 2, 3, 1).dup('c'));
    Compared.check(folder, network, Compared.ACTIVATED, "NHWC", List.of(expected), x);
  }

  @Test
  void rowsAndFlatImagesAreInputsToo() throws Exception {
    MultiLayerNetwork rows =
        chain(
            InputType.feedForward(7),
            new DenseLayer.Builder().nOut(5).activation(new ActivationReLU()).build(),
            new BatchNormalization(),
            new OutputLayer.Builder().nOut(3).activation(new ActivationSoftmax()).build());
    Compared.check(folder, rows, Compared.ACTIVATED, "rows", Nd4j.randn(DataType.DOUBLE, 3, 7));
    MultiLayerNetwork flat =
        chain(
            InputType.convolutionalFlat(HEIGHT, WIDTH, CHANNELS),
            new ConvolutionLayer.Builder(3, 3).nOut(2).build(),
            new OutputLayer.Builder().nOut(3).activation(new ActivationSoftmax()).build());
    Compared.check(folder, flat, Compared.ACTIVATED, "flat images", images());
  }

  @Test
  void whatOnnxHasNotIsRefusedByName() {
    refused(
        chain(IMAGE, new LocallyConnected2D.Builder().kernelSize(3, 3).nOut(2).build()),
        "layer layer0: a LocallyConnected2D cannot be written as ONNX");
    refused(
        chain(IMAGE, pool(SubsamplingLayer.PoolingType.AVG, 2, 2, 1).dilation(2, 2).build()),
        "layer layer0: AVG pooling with dilation cannot be written as ONNX");
    MultiLayerNetwork single =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list(pool(SubsamplingLayer.PoolingType.MAX, 2, 2, 1).dilation(2, 2).build())
                .setInputType(IMAGE)
                .build());
    single.init();
    refused(
        single,
        "layer layer0: dilated max pooling cannot be written as ONNX for a network of float32");
    MultiLayerNetwork sideways = chain(IMAGE, new GlobalPoolingLayer(PoolingType.AVG));
    ((GlobalPoolingLayer) sideways.getLayer(0).conf().getLayer())
        .setPoolingDimensions(new int[] {1, 2});
    refused(sideways, "layer layer0: global pooling of other axes than height and width");
    refused(
        chain(
            InputType.recurrent(3),
            new LSTM.Builder().nOut(4).activation(new ActivationTanH()).build(),
            new RnnOutputLayer.Builder().nOut(2).activation(new ActivationSoftmax()).build()),
        "a LSTM cannot be written as ONNX");
  }

  private void refused(MultiLayerNetwork network, String why) {
    Path file = folder.resolve("refused.onnx");
    assertThatThrownBy(
            () ->
                OnnxExport.write(
                    file,
                    network,
                    ModelMetadata.unknown(ModelMetadata.Form.TRAINING),
                    OnnxOptions.DEFAULT.withShape(new InputShape(CHANNELS, HEIGHT, WIDTH))))
        .hasMessageContaining(why);
    assertThat(file).doesNotExist();
  }
}
