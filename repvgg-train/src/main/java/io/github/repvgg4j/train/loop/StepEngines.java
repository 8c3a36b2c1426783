package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.accelerate.AccelerationMode;
import io.github.repvgg4j.accelerate.chain.ChainUnsupportedException;
import io.github.repvgg4j.cuda.CudaDevices;
import io.github.repvgg4j.onednn.Convolutions;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses what computes a graph's steps. */
public final class StepEngines {

  private static final Logger LOG = LoggerFactory.getLogger(StepEngines.class);

  private StepEngines() {}

  /**
   * A card where one is wanted and can, else the CPU's fastest source of the gradient.
   *
   * @param recipe what steps must do; its schedule is of no meaning
   * @param convolutions of the CPU's chain
   * @param mode of the CPU's helpers and chain; off also keeps cards off, unless one is required
   * @throws IllegalArgumentException what is required can't be used; the message says why
   */
  public static StepEngine of(
      ComputationGraph graph,
      StepRecipe recipe,
      DeviceChoice device,
      CardEngine.Wanted wanted,
      Convolutions convolutions,
      AccelerationMode mode) {
    boolean off = mode.unlessOverridden() == AccelerationMode.OFF;
    boolean tried = device == DeviceChoice.AUTO && !off && CudaDevices.isBuilt();
    if (device == DeviceChoice.CUDA || tried) {
      try {
        return CardEngine.of(graph, recipe, wanted);
      } catch (ChainUnsupportedException e) {
        if (device == DeviceChoice.CUDA) {
          throw new IllegalArgumentException(
              "backend.device: cuda can't be used: " + e.getMessage());
        }
        LOG.info("no steps on a CUDA card: {}", e.getMessage());
      }
    }
    return new HostEngine(
        ChainGradient.orGraph(
            graph,
            mode,
            new ChainGradient.Wanted(
                wanted.precision(),
                convolutions,
                recipe.distillation(),
                wanted.height(),
                wanted.width())));
  }
}
