package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.data.augment.TestTimeAveraging;
import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.load.BadImages;
import io.github.repvgg4j.data.load.ImageBatch;
import io.github.repvgg4j.spark.images.ImageBytes;
import io.github.repvgg4j.spark.images.ImageRef;
import io.github.repvgg4j.train.loop.Evaluation;
import io.github.repvgg4j.train.loop.EvaluationSums;
import io.github.repvgg4j.train.loop.GraphTrainer;
import io.github.repvgg4j.train.loop.TestNetwork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** How well a network does on labelled images, counted by the executors. */
final class ClusterEvaluation {

  private static final float[] NO_TARGETS = {};

  private ClusterEvaluation() {}

  /**
   * @param state what to test; its parameters only
   */
  static Evaluation of(
      JavaSparkContext context,
      JobDescription job,
      NetworkState state,
      List<ImageRef> images,
      List<String> labels,
      TestTimeAveraging averaging,
      Broadcast<SerializableConfiguration> hadoop)
      throws IOException {
    Broadcast<NetworkState> network = context.broadcast(state);
    ArrayList<String> classes = new ArrayList<>(labels);
    try {
      List<EvaluationSums> parts =
          context
              .parallelize(images, context.defaultParallelism())
              .mapPartitions(
                  refs ->
                      List.of(new Task(job, network, hadoop, classes, averaging).run(refs))
                          .iterator())
              .collect();
      EvaluationSums sums = new EvaluationSums(labels.size());
      parts.forEach(sums::add);
      return sums.evaluation();
    } finally {
      network.destroy();
    }
  }

  private record Task(
      JobDescription job,
      Broadcast<NetworkState> network,
      Broadcast<SerializableConfiguration> hadoop,
      List<String> labels,
      TestTimeAveraging averaging) {

    EvaluationSums run(Iterator<ImageRef> refs) throws IOException {
      ExecutorTrainers.Loan loan = ExecutorTrainers.borrow(job);
      GraphTrainer trainer = loan.trainer();
      network.value().copyTo(trainer, 0);
      ImagePreprocessor preprocessor = job.preprocessor();
      EvaluationSums sums = new EvaluationSums(labels.size());
      int batchSize = job.config().training().batchSize();
      while (refs.hasNext()) {
        List<ImageRef> batch = new ArrayList<>();
        while (refs.hasNext() && batch.size() < batchSize) {
          batch.add(refs.next());
        }
        add(sums, trainer, preprocessor, batch);
      }
      loan.giveBack();
      return sums;
    }

    private void add(
        EvaluationSums sums,
        GraphTrainer trainer,
        ImagePreprocessor preprocessor,
        List<ImageRef> refs)
        throws IOException {
      float[] features = new float[refs.size() * preprocessor.length()];
      int[] truths = new int[refs.size()];
      int used = 0;
      for (ImageRef ref : refs) {
        try {
          byte[] bytes = ImageBytes.read(ref, hadoop.value().value());
          preprocessor.write(
              ref.name(),
              () -> ImageReader.decode(ref.name(), bytes),
              features,
              used * preprocessor.length());
          truths[used++] = labels.indexOf(ref.label());
        } catch (BadImageException e) {
          if (job.config().data().onBadImage() == BadImages.Policy.FAIL) {
            throw e;
          }
        }
      }
      if (used == 0) {
        return;
      }
      var input = preprocessor.input();
      long[] shape = {used, input.channels(), input.height(), input.width()};
      float[] values = Arrays.copyOf(features, used * preprocessor.length());
      ImageBatch batch = new ImageBatch(shape, values, NO_TARGETS, Arrays.copyOf(truths, used));
      sums.add(TestNetwork.of(trainer.graph()), batch, averaging);
    }
  }
}
