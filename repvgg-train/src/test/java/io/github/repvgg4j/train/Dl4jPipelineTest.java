package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.data.set.GeneratedImages;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.datavec.api.io.labels.ParentPathLabelGenerator;
import org.datavec.api.split.FileSplit;
import org.datavec.image.recordreader.ImageRecordReader;
import org.deeplearning4j.datasets.datavec.RecordReaderDataSetIterator;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.optimize.listeners.CollectScoresIterationListener;
import org.deeplearning4j.ui.model.stats.StatsListener;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.ImagePreProcessingScaler;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** The training form is a plain ComputationGraph: what DL4J programs do, they can do with it. */
class Dl4jPipelineTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 1, 1, 1), List.of(4, 4, 4, 4, 8), 10, InputShape.square(16))
          .withStrides(List.of(1, 2, 2, 1, 1));

  @TempDir Path temp;

  @Test
  void modelSerializerRestoresTheSameAnswers() throws IOException {
    ComputationGraph graph = graph();
    RandomStatistics.fill(graph, 3);
    File zip = temp.resolve("model.zip").toFile();
    ModelSerializer.writeModel(graph, zip, true);
    INDArray input = Nd4j.rand(2, 3, 16, 16);
    Tolerance.EXACT.check(
        ModelSerializer.restoreComputationGraph(zip).outputSingle(input),
        graph.outputSingle(input));
  }

  @Test
  void ownRecordReaderIteratorFeedsFitWithListenersAttached() throws IOException {
    GeneratedImages.write(temp, new GeneratedImages.Options(2, 1, 16, 1));
    ImageRecordReader reader = new ImageRecordReader(16, 16, 3, new ParentPathLabelGenerator());
    reader.initialize(new FileSplit(temp.resolve("train").toFile(), new Random(1)));
    RecordReaderDataSetIterator images = new RecordReaderDataSetIterator(reader, 10, 1, 10);
    images.setPreProcessor(new ImagePreProcessingScaler(0, 1));
    ComputationGraph graph = graph();
    CollectScoresIterationListener scores = new CollectScoresIterationListener(1);
    InMemoryStatsStorage statistics = new InMemoryStatsStorage();
    graph.setListeners(scores, new StatsListener(statistics, 1));
    graph.fit(images);
    String session = statistics.listSessionIDs().get(0);
    assertThat(statistics.getNumUpdateRecordsFor(session)).isEqualTo(2);
    assertThat(scores.getScoreVsIter().getEffectiveScores()).hasSize(2).doesNotContain(Double.NaN);
  }

  @Test
  void transferLearningPutsANewHeadOnTheTrainingForm() {
    ComputationGraph graph = graph();
    ComputationGraph moved =
        new TransferLearning.GraphBuilder(graph)
            .setFeatureExtractor(BlockNames.POOL)
            .removeVertexAndConnections(BlockNames.LINEAR)
            .addLayer(
                BlockNames.LINEAR,
                new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                    .nIn(SPEC.features())
                    .nOut(3)
                    .activation(Activation.SOFTMAX)
                    .build(),
                BlockNames.POOL)
            .setOutputs(BlockNames.LINEAR)
            .build();
    String block = BlockNames.denseConv(BlockNames.block(1, 0));
    INDArray before = graph.getLayer(block).getParam("W").dup();
    moved.fit(new org.nd4j.linalg.dataset.DataSet(Nd4j.rand(3, 3, 16, 16), Nd4j.eye(3)));
    assertThat(moved.outputSingle(Nd4j.rand(2, 3, 16, 16)).shape()).containsExactly(2, 3);
    Tolerance.EXACT.check(moved.getLayer(block).getParam("W"), before);
  }

  private static ComputationGraph graph() {
    return RepVggGraphs.build(SPEC, RepVggGraphs.GraphOptions.withSeed(2));
  }
}
