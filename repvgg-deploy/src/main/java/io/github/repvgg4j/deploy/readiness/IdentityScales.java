package io.github.repvgg4j.deploy.readiness;

import io.github.repvgg4j.spec.BlockNames;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What the BatchNorm of identity branches multiplies by. */
final class IdentityScales {

  private static final String END = BlockNames.identityBn("");

  private IdentityScales() {}

  /** The largest of each block, by its name; of blocks that have the branch. */
  static Map<String, Double> of(Model training) {
    Map<String, Double> scales = new HashMap<>();
    if (training instanceof ComputationGraph graph) {
      for (Layer layer : graph.getLayers()) {
        String name = layer.conf().getLayer().getLayerName();
        if (name.endsWith(END) && layer.conf().getLayer() instanceof BatchNormalization batchNorm) {
          scales.put(name.substring(0, name.length() - END.length()), largest(layer, batchNorm));
        }
      }
    }
    return scales;
  }

  private static double largest(Layer layer, BatchNormalization batchNorm) {
    INDArray gamma = layer.getParam("gamma");
    INDArray variance = layer.getParam("var");
    double largest = 0;
    for (long c = 0; gamma != null && c < gamma.length(); c++) {
      double scale = gamma.getDouble(c) / Math.sqrt(variance.getDouble(c) + batchNorm.getEps());
      largest = Math.max(largest, Math.abs(scale));
    }
    return largest;
  }
}
