package io.github.repvgg4j.accelerate.helper;

import io.github.repvgg4j.array.RowMajor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.normalization.BatchNormalizationHelper;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A BatchNorm layer's helper: batch statistics and normalisation in one oneDNN primitive, and all
 * three gradients in another. Belongs to one layer; not for concurrent use, as the layer itself is
 * not.
 */
public final class OneDnnBatchNorm implements BatchNormalizationHelper {

  private final PlanCache<BatchNormPlan> plans = new PlanCache<>();
  private INDArray batchMean;
  private INDArray batchVariance;

  @Override
  public boolean checkSupported() {
    return OneDnn.obstacle() == null;
  }

  @Override
  public boolean checkSupported(double eps, boolean fixedGammaBeta) {
    return checkSupported() && !fixedGammaBeta;
  }

  @Override
  public INDArray preOutput(
      INDArray x,
      boolean training,
      long[] shape,
      INDArray gamma,
      INDArray beta,
      INDArray mean,
      INDArray var,
      double decay,
      double eps,
      CNN2DFormat format,
      LayerWorkspaceMgr workspaces) {
    INDArray output =
        workspaces.createUninitialized(ArrayType.ACTIVATIONS, DataType.FLOAT, x.shape(), 'c');
    BatchNormPlan plan = plan(x, format, eps);
    if (training) {
      makeStatistics(gamma.length());
      plan.training().run(RowMajor.of(x), gamma, beta, output, batchMean, batchVariance);
    } else {
      plan.inference().run(RowMajor.of(x), gamma, beta, mean, var, output);
    }
    return output;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray input,
      INDArray epsilon,
      long[] shape,
      INDArray gamma,
      INDArray beta,
      INDArray gammaGradient,
      INDArray betaGradient,
      double eps,
      CNN2DFormat format,
      LayerWorkspaceMgr workspaces) {
    if (format == CNN2DFormat.NHWC && input.size(1) == 1 && input.size(2) == 1) {
      return null; // may be a vector, whose gradient the layer reshapes wrongly: stock does it
    }
    INDArray gradient =
        workspaces.createUninitialized(
            ArrayType.ACTIVATION_GRAD, DataType.FLOAT, input.shape(), 'c');
    plan(input, format, eps)
        .backward()
        .run(
            RowMajor.of(input),
            RowMajor.of(epsilon),
            batchMean,
            batchVariance,
            gamma,
            beta,
            gradient,
            gammaGradient,
            betaGradient);
    Gradient gradients = new DefaultGradient();
    gradients.setGradientFor(BatchNormalizationParamInitializer.GAMMA, gammaGradient);
    gradients.setGradientFor(BatchNormalizationParamInitializer.BETA, betaGradient);
    return new Pair<>(gradients, gradient);
  }

  @Override
  public INDArray getMeanCache(DataType dataType) {
    return batchMean;
  }

  @Override
  public INDArray getVarCache(DataType dataType) {
    return batchVariance;
  }

  @Override
  public Map<String, Long> helperMemoryUse() {
    return Map.of();
  }

  /** A vector arrives as {@code [N, C, 1, 1]}, or {@code [N, 1, 1, C]} in format NHWC. */
  private BatchNormPlan plan(INDArray x, CNN2DFormat format, double eps) {
    CNN2DFormat layout = x.size(2) == 1 && x.size(3) == 1 ? CNN2DFormat.NCHW : format;
    long[] dims = Descriptors.nchw(x.shape(), layout);
    return plans.get(
        List.of(Arrays.toString(dims)), () -> new BatchNormPlan(dims, layout, (float) eps));
  }

  private void makeStatistics(long channels) {
    if (batchMean == null) {
      try (var outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        batchMean = Nd4j.create(DataType.FLOAT, channels);
        batchVariance = Nd4j.create(DataType.FLOAT, channels);
      }
    }
  }
}
