package io.github.repvgg4j.spark.predict;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelZip;
import io.github.repvgg4j.archive.ModelZip.LoadedModel;
import io.github.repvgg4j.backend.Accelerator;
import io.github.repvgg4j.data.ImagePreprocessor;
import io.github.repvgg4j.model.InputShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The network of one executor. Its weights are in memory once; since a DL4J network serves one
 * caller at a time, tasks that run side by side each get a shell around the same weights.
 * Thread-safe.
 */
final class SharedNetwork {

  private final Model original;
  private final ModelMetadata metadata;
  private final ImagePreprocessor preprocessor;
  private final ConcurrentLinkedQueue<Model> idle = new ConcurrentLinkedQueue<>();

  private SharedNetwork(LoadedModel model) {
    original = model.network();
    metadata = model.metadata();
    preprocessor =
        new ImagePreprocessor(
            metadata.preprocessing().orElseThrow(), metadata.spec().orElseThrow().input());
    Accelerator.enable(original);
    idle.add(original);
  }

  static SharedNetwork load(Path file, String origin) {
    try {
      LoadedModel model = ModelZip.load(file);
      ShippedModel.requirePreprocessing(origin, model.metadata());
      return new SharedNetwork(model);
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException(e.getMessage().replace(file.toString(), origin), e));
    }
  }

  ModelMetadata metadata() {
    return metadata;
  }

  ImagePreprocessor preprocessor() {
    return preprocessor;
  }

  /**
   * @param images each {@code [C, H, W]}, prepared
   * @return probabilities {@code [images][classes]}
   */
  float[][] probabilities(List<float[]> images) {
    InputShape shape = preprocessor.input();
    float[] values = new float[images.size() * preprocessor.length()];
    for (int i = 0; i < images.size(); i++) {
      System.arraycopy(images.get(i), 0, values, i * preprocessor.length(), preprocessor.length());
    }
    long[] axes = {images.size(), shape.channels(), shape.height(), shape.width()};
    Model network = idle.poll();
    if (network == null) {
      network = shell();
    }
    try (INDArray input = Nd4j.create(values, axes, 'c')) {
      return output(network, input).toFloatMatrix();
    } finally {
      idle.add(network);
    }
  }

  private static INDArray output(Model network, INDArray input) {
    return network instanceof ComputationGraph graph
        ? graph.outputSingle(input)
        : ((MultiLayerNetwork) network).output(input);
  }

  /** Another network object on the same weights. */
  private Model shell() {
    Model shell;
    if (original instanceof ComputationGraph graph) {
      ComputationGraph copy = new ComputationGraph(graph.getConfiguration().clone());
      copy.init(graph.params(), false);
      shell = copy;
    } else {
      MultiLayerNetwork layers = (MultiLayerNetwork) original;
      MultiLayerNetwork copy = new MultiLayerNetwork(layers.getLayerWiseConfigurations().clone());
      copy.init(layers.params(), false);
      shell = copy;
    }
    Accelerator.enable(shell);
    return shell;
  }
}
