package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.data.BadImageException;
import io.github.repvgg4j.data.BadImages;
import io.github.repvgg4j.data.ImagePreprocessor;
import io.github.repvgg4j.data.ImageReader;
import io.github.repvgg4j.spark.images.ImageBytes;
import io.github.repvgg4j.spark.images.ImageRef;
import io.github.repvgg4j.train.loop.GraphTrainer;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How well a network does on labelled images, counted by the executors.
 *
 * @param images looked at
 * @param lossSum cross-entropy without smoothing
 * @param right whose likeliest class is the true one
 * @param amongFive whose five likeliest classes hold the true one
 */
record ClusterEvaluation(long images, double lossSum, long right, long amongFive)
    implements Serializable {

  private static final double SMALLEST = 1e-10; // as DL4J's LossMCXENT clips
  private static final ClusterEvaluation NOTHING = new ClusterEvaluation(0, 0, 0, 0);

  /**
   * @param state what to test; parameters only
   */
  static ClusterEvaluation of(
      JavaSparkContext context,
      JobDescription job,
      NetworkState state,
      List<ImageRef> images,
      List<String> labels,
      Broadcast<SerializableConfiguration> hadoop)
      throws IOException {
    Broadcast<NetworkState> network = context.broadcast(state);
    ArrayList<String> classes = new ArrayList<>(labels);
    try {
      ClusterEvaluation sum =
          context
              .parallelize(images, context.defaultParallelism())
              .mapPartitions(
                  refs -> List.of(new Task(job, network, hadoop, classes).run(refs)).iterator())
              .fold(NOTHING, ClusterEvaluation::plus);
      if (sum.images == 0) {
        throw new IOException("no test image could be used");
      }
      return sum;
    } finally {
      network.destroy();
    }
  }

  double loss() {
    return lossSum / images;
  }

  double top1() {
    return (double) right / images;
  }

  double top5() {
    return (double) amongFive / images;
  }

  private static ClusterEvaluation plus(ClusterEvaluation a, ClusterEvaluation b) {
    return new ClusterEvaluation(
        a.images + b.images, a.lossSum + b.lossSum, a.right + b.right, a.amongFive + b.amongFive);
  }

  private static ClusterEvaluation one(float[] probabilities, int truth) {
    int better = 0;
    for (int c = 0; c < probabilities.length; c++) {
      float p = probabilities[c];
      better += p > probabilities[truth] || p == probabilities[truth] && c < truth ? 1 : 0;
    }
    return new ClusterEvaluation(
        1,
        -Math.log(Math.max(probabilities[truth], SMALLEST)),
        better == 0 ? 1 : 0,
        better < 5 ? 1 : 0);
  }

  private record Task(
      JobDescription job,
      Broadcast<NetworkState> network,
      Broadcast<SerializableConfiguration> hadoop,
      List<String> labels) {

    ClusterEvaluation run(Iterator<ImageRef> refs) throws IOException {
      ExecutorTrainers.Loan loan = ExecutorTrainers.borrow(job);
      GraphTrainer trainer = loan.trainer();
      network.value().copyTo(trainer, 0);
      ImagePreprocessor preprocessor = job.preprocessor();
      ClusterEvaluation sum = NOTHING;
      int batchSize = job.config().training().batchSize();
      while (refs.hasNext()) {
        List<ImageRef> batch = new ArrayList<>();
        while (refs.hasNext() && batch.size() < batchSize) {
          batch.add(refs.next());
        }
        sum = plus(sum, batch(trainer, preprocessor, batch));
      }
      loan.giveBack();
      return sum;
    }

    private ClusterEvaluation batch(
        GraphTrainer trainer, ImagePreprocessor preprocessor, List<ImageRef> refs)
        throws IOException {
      float[] features = new float[refs.size() * preprocessor.length()];
      List<Integer> truths = new ArrayList<>();
      for (ImageRef ref : refs) {
        try {
          byte[] bytes = ImageBytes.read(ref, hadoop.value().value());
          preprocessor.write(
              ImageReader.decode(ref.name(), bytes),
              features,
              truths.size() * preprocessor.length());
          truths.add(labels.indexOf(ref.label()));
        } catch (BadImageException e) {
          if (job.config().data().onBadImage() == BadImages.Policy.FAIL) {
            throw e;
          }
        }
      }
      if (truths.isEmpty()) {
        return NOTHING;
      }
      var input = preprocessor.input();
      long[] shape = {truths.size(), input.channels(), input.height(), input.width()};
      float[] used = java.util.Arrays.copyOf(features, truths.size() * preprocessor.length());
      ClusterEvaluation sum = NOTHING;
      try (INDArray images = Nd4j.create(used, shape, 'c');
          INDArray output = trainer.graph().outputSingle(images)) {
        float[][] probabilities = output.toFloatMatrix();
        for (int i = 0; i < probabilities.length; i++) {
          sum = plus(sum, one(probabilities[i], truths.get(i)));
        }
      }
      return sum;
    }
  }
}
