package io.github.repvgg4j.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.deploy.predict.EngineChoice;
import io.github.repvgg4j.deploy.predict.EngineName;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.image.ImageClassifier;
import io.github.repvgg4j.spark.Fixtures;
import io.github.repvgg4j.spec.BlockNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The executors' network answers by its own head, with either engine. */
class SharedNetworkTest {

  @TempDir Path folder;

  private ComputationGraph withHead(Activation activation) throws IOException {
    ComputationGraph network =
        (ComputationGraph) ModelZip.load(Fixtures.writeModel(folder)).network();
    OutputLayer head =
        new OutputLayer.Builder(LossFunction.MSE)
            .nIn(Fixtures.spec().widths().get(4))
            .nOut(Fixtures.CLASSES.size())
            .activation(activation)
            .build();
    return new TransferLearning.GraphBuilder(network)
        .removeVertexAndConnections(BlockNames.LINEAR)
        .addLayer(BlockNames.LINEAR, head, BlockNames.POOL)
        .setOutputs(BlockNames.LINEAR)
        .build();
  }

  @Test
  void answersAreTheHeadsOwn() throws IOException {
    float[] image = new float[3 * 32 * 32];
    Random random = new Random(1);
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) random.nextGaussian();
    }
    for (Activation activation :
        List.of(Activation.SIGMOID, Activation.SOFTMAX, Activation.IDENTITY)) {
      ComputationGraph graph = withHead(activation);
      Path model = folder.resolve("headed.zip");
      ModelZipWriter.of(
              graph,
              ModelMetadata.of(Form.TRAINING, Fixtures.spec())
                  .withLabels(Fixtures.CLASSES)
                  .withPreprocessing(Preprocessing.IMAGENET))
          .write(model);
      Path fast = Fixtures.writeFastModel(folder, model);
      INDArray expected =
          graph.outputSingle(Nd4j.create(image.clone(), new long[] {1, 3, 32, 32}, 'c'));
      for (EngineName engine : EngineName.values()) {
        ImageClassifier network =
            SharedNetwork.load(
                fast,
                new ShippedModel("fast.zip", "fast.zip", EngineChoice.of(engine, Precision.FP32)));
        double[] answers = network.answers(image, 1)[0];
        Row best = (Row) ((Object[]) Prediction.of(network.top(answers, 1)).toRow().get(1))[0];
        String none = activation == Activation.IDENTITY ? "probability" : "output";
        assertThat(best.isNullAt(1)).as("%s", activation).isEqualTo(none.equals("probability"));
        assertThat(best.isNullAt(2)).as("%s", activation).isEqualTo(none.equals("output"));
        for (int i = 0; i < answers.length; i++) {
          assertThat(answers[i])
              .as("%s, %s", activation, engine)
              .isCloseTo(expected.getDouble(0, i), Offset.offset(1e-5));
        }
      }
    }
  }
}
