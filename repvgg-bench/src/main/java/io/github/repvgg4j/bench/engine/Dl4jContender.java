package io.github.repvgg4j.bench.engine;

import io.github.repvgg4j.accelerate.AccelerationMode;
import io.github.repvgg4j.accelerate.Accelerator;
import io.github.repvgg4j.bench.engine.Workload.Form;
import io.github.repvgg4j.bench.measure.ArithmeticPeak;
import io.github.repvgg4j.model.head.Logits;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Deeplearning4j, as released or accelerated, on a copy of its own. */
record Dl4jContender(String engine, Form form, Model network, INDArray images)
    implements Contender {

  static Dl4jContender open(String engine, Form form, Workload workload, INDArray images) {
    Model copy = form == Form.FUSED ? workload.fused().clone() : workload.threeBranch().clone();
    Accelerator.enable(
        copy, engine.equals(Engines.DL4J_STOCK) ? AccelerationMode.OFF : AccelerationMode.REQUIRE);
    return new Dl4jContender(engine, form, copy, images);
  }

  @Override
  public ArithmeticPeak.Type precision() {
    return ArithmeticPeak.Type.FP32;
  }

  @Override
  public float[] run() {
    INDArray logits = Logits.of(network, images);
    float[] answer = logits.dup('c').data().asFloat();
    logits.close();
    return answer;
  }

  @Override
  public void close() {
    INDArray parameters =
        network instanceof ComputationGraph graph
            ? graph.params()
            : ((MultiLayerNetwork) network).params();
    parameters.close();
  }
}
