package io.github.repvgg4j.rewrite.step;

import io.github.repvgg4j.array.Arrays64;
import io.github.repvgg4j.reparam.BatchNormStatistics;
import java.util.Arrays;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A DL4J BatchNorm's parameters, as it uses them in inference: locked ones and all. */
public final class BatchNormReader {

  private BatchNormReader() {}

  /**
   * @param params of the layer, by key; of any floating-point type
   */
  public static BatchNormStatistics read(Map<String, INDArray> params, BatchNormalization layer) {
    double[] mean = Arrays64.of(params.get(BatchNormalizationParamInitializer.GLOBAL_MEAN));
    return new BatchNormStatistics(
        gamma(params, layer, mean.length),
        beta(params, layer, mean.length),
        mean,
        variance(params, layer),
        layer.getEps());
  }

  private static double[] gamma(
      Map<String, INDArray> params, BatchNormalization layer, int channels) {
    return layer.isLockGammaBeta()
        ? filled(channels, locksBoth(layer) ? layer.getGamma() : 1)
        : Arrays64.of(params.get(BatchNormalizationParamInitializer.GAMMA));
  }

  private static double[] beta(
      Map<String, INDArray> params, BatchNormalization layer, int channels) {
    return layer.isLockGammaBeta()
        ? filled(channels, locksBoth(layer) ? layer.getBeta() : 0)
        : Arrays64.of(params.get(BatchNormalizationParamInitializer.BETA));
  }

  /** DL4J applies locked values only where neither is the neutral one (BatchNormalization:552). */
  private static boolean locksBoth(BatchNormalization layer) {
    return layer.getGamma() != 1.0 && layer.getBeta() != 0.0;
  }

  private static double[] variance(Map<String, INDArray> params, BatchNormalization layer) {
    if (!layer.isUseLogStd()) {
      return Arrays64.of(params.get(BatchNormalizationParamInitializer.GLOBAL_VAR));
    }
    double[] log10 = Arrays64.of(params.get(BatchNormalizationParamInitializer.GLOBAL_LOG_STD));
    return Arrays.stream(log10).map(s -> Math.pow(10, 2 * s)).toArray();
  }

  private static double[] filled(int channels, double value) {
    double[] values = new double[channels];
    Arrays.fill(values, value);
    return values;
  }
}
