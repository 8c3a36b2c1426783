package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.load.BadImages;
import io.github.repvgg4j.data.load.BatchLoader;
import io.github.repvgg4j.data.load.ImageBatch;
import io.github.repvgg4j.data.load.TargetMix;
import io.github.repvgg4j.data.set.GeneratedImages;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.data.set.ImageSplit;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.train.config.ConfigFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The quickstart's images are worth a convolutional network. */
class GeneratedImagesTest {

  private static final int EPOCHS = 12;
  private static final int PIXELS = 3 * 32 * 32;
  private static final ImagePreprocessor PREPROCESSOR =
      new ImagePreprocessor(Preprocessing.IMAGENET.withCropFraction(1), InputShape.square(32));

  @TempDir Path folder;

  @Test
  void linearClassifierOnTheQuickstartsPixelsStaysBelowSeventyPercent() throws IOException {
    GeneratedImages.Options options =
        ConfigFiles.read(Path.of("..", "configs", "quickstart.yaml")).data().generated().options();
    GeneratedImages.write(folder, options);
    MultiLayerNetwork linear = softmaxRegression();
    try (ImageData data = ImageData.open(folder);
        BatchLoader train = loader(data.train());
        BatchLoader test = loader(data.test())) {
      for (int epoch = 0; epoch < EPOCHS; epoch++) {
        run(
            train,
            epoch,
            (features, batch) -> {
              linear.fit(features, Floats.array(batch.targets(), batch.targetShape()));
              return 0;
            });
      }
      double accuracy =
          run(test, 0, (features, batch) -> right(linear.predict(features), batch.classes()))
              / (double) (test.batches() * 50);
      System.out.println("linear classifier on pixels: " + accuracy);
      assertThat(accuracy).isBetween(0.1, 0.7);
    }
  }

  private interface Use {
    int of(INDArray features, ImageBatch batch);
  }

  private static int run(BatchLoader loader, int epoch, Use use) throws IOException {
    int sum = 0;
    try (BatchLoader.Epoch batches = loader.epoch(epoch, 0)) {
      for (ImageBatch batch = batches.next(); batch != null; batch = batches.next()) {
        sum +=
            use.of(
                Floats.array(batch.features(), batch.shape()).reshape(batch.size(), PIXELS), batch);
      }
    }
    return sum;
  }

  private static int right(int[] predicted, int[][] classes) {
    int right = 0;
    for (int i = 0; i < classes.length; i++) {
      right += predicted[i] == classes[i][0] ? 1 : 0;
    }
    return right;
  }

  private static BatchLoader loader(ImageSplit split) {
    return new BatchLoader(
        split,
        10,
        PREPROCESSOR,
        new BatchLoader.Options(
            BatchLoader.Order.SHUFFLED, 50, 2, 1, 64 << 20, List.of(), TargetMix.NONE),
        new BadImages(BadImages.Policy.FAIL));
  }

  private static MultiLayerNetwork softmaxRegression() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(1e-3))
                .list()
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(PIXELS)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    return network;
  }
}
