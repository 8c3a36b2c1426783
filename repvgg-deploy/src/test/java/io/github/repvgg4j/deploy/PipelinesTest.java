package io.github.repvgg4j.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.testkit.Tolerance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.parallelism.ParallelInference;
import org.deeplearning4j.parallelism.inference.InferenceMode;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A fast zip in programs that know nothing but Deeplearning4j. */
class PipelinesTest {

  @TempDir static Path folder;
  private static Path zip;
  private static MultiLayerNetwork fast;

  @BeforeAll
  static void load() throws Exception {
    zip = Models.fastZip(folder);
    fast = ModelSerializer.restoreMultiLayerNetwork(zip.toFile());
  }

  @Test
  void parallelInferenceServesTheFastForm() throws Exception {
    INDArray images = Nd4j.rand(DataType.FLOAT, 12, 3, 32, 32);
    INDArray expected = Models.training().outputSingle(images);
    ParallelInference server =
        new ParallelInference.Builder(fast)
            .inferenceMode(InferenceMode.BATCHED)
            .batchLimit(8)
            .workers(2)
            .build();
    ExecutorService callers = Executors.newFixedThreadPool(4);
    try {
      List<Future<INDArray>> answers = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        INDArray image = images.get(NDArrayIndex.interval(i, i + 1)).dup();
        answers.add(callers.submit(() -> server.output(image)));
      }
      for (int i = 0; i < 12; i++) {
        Tolerance.FLOAT32.check(
            answers.get(i).get(), expected.get(NDArrayIndex.interval(i, i + 1)));
      }
    } finally {
      callers.shutdown();
      server.shutdown();
    }
  }

  @Test
  void existingProgramEvaluatesWithIteratorAndNormaliser() throws Exception {
    INDArray pixels = Nd4j.rand(DataType.FLOAT, 9, 3, 32, 32).muli(255);
    INDArray truth = Nd4j.eye(3).castTo(DataType.FLOAT);
    List<DataSet> rows = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      INDArray label = truth.get(NDArrayIndex.interval(i % 3, i % 3 + 1)).dup();
      rows.add(new DataSet(pixels.get(NDArrayIndex.interval(i, i + 1)).dup(), label));
    }
    DataSetIterator iterator = new ListDataSetIterator<>(rows, 4);
    iterator.setPreProcessor(ModelSerializer.restoreNormalizerFromFile(zip.toFile()));
    Evaluation evaluation = fast.evaluate(iterator);
    iterator.reset();
    assertThat(evaluation.accuracy()).isEqualTo(Models.training().evaluate(iterator).accuracy());
    assertThat(evaluation.getNumRowCounter()).isEqualTo(9);
  }

  @Test
  void saverOfDeeplearning4jKeepsTheFastForm() throws Exception {
    Path again = folder.resolve("again.zip");
    ModelSerializer.writeModel(fast, again.toFile(), false);
    INDArray images = Nd4j.rand(DataType.FLOAT, 2, 3, 32, 32);
    Tolerance.EXACT.check(
        ModelSerializer.restoreMultiLayerNetwork(again.toFile()).output(images),
        fast.output(images));
  }
}
