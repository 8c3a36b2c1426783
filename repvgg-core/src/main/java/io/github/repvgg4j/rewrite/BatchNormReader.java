package io.github.repvgg4j.rewrite;

import io.github.repvgg4j.reparam.BatchNormStatistics;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;

/** A DL4J BatchNorm's parameters, as it uses them in inference. */
final class BatchNormReader {

  private BatchNormReader() {}

  static BatchNormStatistics read(Node node, BatchNormalization layer) {
    double[] mean = Arrays64.of(node.params().get(BatchNormalizationParamInitializer.GLOBAL_MEAN));
    return new BatchNormStatistics(
        gamma(node, layer, mean.length),
        beta(node, layer, mean.length),
        mean,
        variance(node, layer),
        layer.getEps());
  }

  private static double[] gamma(Node node, BatchNormalization layer, int channels) {
    return layer.isLockGammaBeta()
        ? filled(channels, locksBoth(layer) ? layer.getGamma() : 1)
        : Arrays64.of(node.params().get(BatchNormalizationParamInitializer.GAMMA));
  }

  private static double[] beta(Node node, BatchNormalization layer, int channels) {
    return layer.isLockGammaBeta()
        ? filled(channels, locksBoth(layer) ? layer.getBeta() : 0)
        : Arrays64.of(node.params().get(BatchNormalizationParamInitializer.BETA));
  }

  /** DL4J applies locked values only where neither is the neutral one (BatchNormalization:552). */
  private static boolean locksBoth(BatchNormalization layer) {
    return layer.getGamma() != 1.0 && layer.getBeta() != 0.0;
  }

  private static double[] variance(Node node, BatchNormalization layer) {
    if (!layer.isUseLogStd()) {
      return Arrays64.of(node.params().get(BatchNormalizationParamInitializer.GLOBAL_VAR));
    }
    double[] log10 =
        Arrays64.of(node.params().get(BatchNormalizationParamInitializer.GLOBAL_LOG_STD));
    return Arrays.stream(log10).map(s -> Math.pow(10, 2 * s)).toArray();
  }

  private static double[] filled(int channels, double value) {
    double[] values = new double[channels];
    Arrays.fill(values, value);
    return values;
  }
}
