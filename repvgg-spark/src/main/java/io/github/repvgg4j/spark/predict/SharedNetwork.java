package io.github.repvgg4j.spark.predict;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.deploy.predict.Engine;
import io.github.repvgg4j.deploy.predict.EngineName;
import io.github.repvgg4j.deploy.predict.OpenModel;
import io.github.repvgg4j.model.head.Head;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZip.LoadedModel;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The network of one executor, used by its tasks side by side; its weights are in memory once.
 *
 * @param engine thread-safe
 */
record SharedNetwork(ModelMetadata metadata, ImagePreprocessor preprocessor, Engine engine) {

  /**
   * @param file here
   * @param model what the user asked for
   */
  static SharedNetwork load(Path file, ShippedModel model) {
    try {
      if (model.engine().engine() == EngineName.FAST) {
        OpenModel open = OpenModel.load(file, model.engine());
        return of(open.metadata(), open.engine());
      }
      LoadedModel loaded = ModelZip.load(file);
      return of(loaded.metadata(), new Dl4jShells(loaded.network()));
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException(e.getMessage().replace(file.toString(), model.origin()), e));
    }
  }

  private static SharedNetwork of(ModelMetadata metadata, Engine engine) {
    return new SharedNetwork(
        metadata,
        new ImagePreprocessor(
            metadata.preprocessing().orElseThrow(), metadata.spec().orElseThrow().input()),
        engine);
  }

  /**
   * @param images each {@code [C, H, W]}, prepared
   * @return {@code [images][classes]}, what the model's head makes of its logits
   */
  double[][] answers(List<float[]> images) {
    InputShape shape = preprocessor.input();
    float[] values = new float[images.size() * preprocessor.length()];
    for (int i = 0; i < images.size(); i++) {
      System.arraycopy(images.get(i), 0, values, i * preprocessor.length(), preprocessor.length());
    }
    long[] axes = {images.size(), shape.channels(), shape.height(), shape.width()};
    try (INDArray input = Nd4j.create(values, axes, 'c');
        INDArray logits = engine.logits(input)) {
      return head().answers(logits).toDoubleMatrix();
    }
  }

  /** What makes the model's answers of its logits. */
  Head head() {
    return engine.heads().get(0);
  }
}
