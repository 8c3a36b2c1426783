package io.github.repvgg4j.accelerate.helper;

import io.github.repvgg4j.array.RowMajor;
import io.github.repvgg4j.onednn.program.PlanCache;
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

  private final PlanCache<BatchNormPlan.Shape, BatchNormPlan, RuntimeException> plans =
      new PlanCache<>(HelperPlan.KEPT, BatchNormPlan::new);
  private INDArray batchMean;
  private INDArray batchVariance;

  @Override
  public boolean checkSupported() {
    return OneDnn.obstacle().isEmpty();
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
    INDArray source = RowMajor.of(x);
    if (training) {
      makeStatistics(gamma.length());
    }
    plans.use(
        shape(x, format, eps),
        plan -> {
          if (training) {
            plan.training().run(source, gamma, beta, output, batchMean, batchVariance);
          } else {
            plan.inference().run(source, gamma, beta, mean, var, output);
          }
        });
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
    INDArray source = RowMajor.of(input);
    INDArray error = RowMajor.of(epsilon);
    plans.use(
        shape(input, format, eps),
        plan ->
            plan.backward()
                .run(
                    source,
                    error,
                    batchMean,
                    batchVariance,
                    gamma,
                    beta,
                    gradient,
                    gammaGradient,
                    betaGradient));
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
  private static BatchNormPlan.Shape shape(INDArray x, CNN2DFormat format, double eps) {
    CNN2DFormat order = x.size(2) == 1 && x.size(3) == 1 ? CNN2DFormat.NCHW : format;
    return new BatchNormPlan.Shape(ImageShape.of(x, order), (float) eps);
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
