package io.github.repvgg4j.deploy.convert;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The images that a certificate's differences are measured on: the first few of the comparison. */
final class CertifiedImages {

  private static final int MOST = 2;

  private CertifiedImages() {}

  /**
   * @return {@code [N, C, H, W]}, of the network's data type
   */
  static INDArray of(ComparisonInputs inputs, Model network) {
    return inputs.images(0, Math.min(MOST, inputs.size())).castTo(type(network));
  }

  private static DataType type(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.getConfiguration().getDataType()
        : ((MultiLayerNetwork) network).getLayerWiseConfigurations().getDataType();
  }
}
