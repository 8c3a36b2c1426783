package io.github.repvgg4j.train;

import io.github.repvgg4j.data.set.DataIdentity;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.train.config.Balance;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/**
 * How large the classes of the training images are, and what is done about it.
 *
 * @param counts images of each class, at least 1
 */
@SuppressWarnings("ArrayRecordComponent")
record ClassBalance(List<String> labels, int[] counts) {

  /** From this ratio of the largest class to the smallest on it is worth a word. */
  private static final double UNEQUAL = 3;

  static ClassBalance of(DataIdentity data) {
    return new ClassBalance(
        data.labels(),
        data.splits().get("train").stream().mapToInt(DataIdentity.ClassImages::images).toArray());
  }

  /**
   * Inverse to the size of each class, and 1 on the mean over the images: {@code images / (classes
   * count_c)}, King and Zeng 2001, scikit-learn's {@code compute_class_weight("balanced")}.
   */
  double[] weights() {
    double images = IntStream.of(counts).sum();
    return IntStream.of(counts)
        .mapToDouble(count -> images / ((double) counts.length * count))
        .toArray();
  }

  /**
   * Weighs the loss of a network, whoever computes it; Deeplearning4j's own {@code fit} does it
   * too, and a model zip keeps it.
   */
  void weigh(ComputationGraph graph) {
    OutputLayer head = (OutputLayer) graph.getLayer(BlockNames.LINEAR).conf().getLayer();
    head.setLossFn(
        new LossMCXENT(
            Nd4j.createFromArray(weights()).castTo(DataType.FLOAT).reshape(1, counts.length)));
  }

  /** What a user should hear of it. */
  Optional<String> note(Balance balance) {
    int largest = largest();
    int smallest = smallest();
    String sizes =
        String.format(
            Locale.ROOT,
            "classes have %d (%s) to %d (%s) training images",
            counts[smallest],
            labels.get(smallest),
            counts[largest],
            labels.get(largest));
    return switch (balance) {
      case NONE ->
          counts[largest] < UNEQUAL * counts[smallest]
              ? Optional.empty()
              : Optional.of(
                  sizes
                      + ": the small ones will be recognised less often; training.balance: weights"
                      + " or sampling counts classes alike");
      case WEIGHTS ->
          Optional.of(
              sizes
                  + String.format(
                      Locale.ROOT,
                      "; an image of them counts %.3g and %.3g times in the loss",
                      weights()[smallest],
                      weights()[largest]));
      case SAMPLING -> Optional.of(sizes + "; each class is drawn equally often");
    };
  }

  private int largest() {
    return IntStream.range(0, counts.length)
        .reduce((a, b) -> counts[b] > counts[a] ? b : a)
        .orElseThrow();
  }

  private int smallest() {
    return IntStream.range(0, counts.length)
        .reduce((a, b) -> counts[b] < counts[a] ? b : a)
        .orElseThrow();
  }
}
