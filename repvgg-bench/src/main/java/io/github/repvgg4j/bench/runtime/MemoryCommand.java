package io.github.repvgg4j.bench.runtime;

import io.github.repvgg4j.bench.engine.ResolutionOption;
import io.github.repvgg4j.bench.engine.Workload;
import io.github.repvgg4j.bench.measure.Table;
import io.github.repvgg4j.deploy.predict.FastEngine;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.MemoryUse;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import java.util.List;
import java.util.concurrent.Callable;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the fast runtime holds off-heap for one planned shape, and how long planning it takes. */
@Command(
    name = "memory",
    mixinStandardHelpOptions = true,
    description =
        "Fast runtime in FP32: weights and scratch memory by network, batch and kernels, and the"
            + " first call, which plans.")
public final class MemoryCommand implements Callable<Integer> {

  @Option(
      names = "--variants",
      split = ",",
      defaultValue = "A0,B1",
      description = "Default: ${DEFAULT-VALUE}.")
  private List<String> variants;

  @Option(
      names = "--batch",
      split = ",",
      defaultValue = "1,8",
      description = "Batch sizes (default: ${DEFAULT-VALUE}).")
  private List<Integer> batches;

  @Mixin private ResolutionOption resolution;

  @Override
  public Integer call() {
    Table table = new Table("network | batch | kernels | weights MB | scratch MB | first call ms");
    for (String variant : variants) {
      Workload workload = resolution.workload(variant);
      for (int batch : batches) {
        for (Convolutions kernels : Convolutions.values()) {
          add(table, workload, batch, kernels);
        }
      }
    }
    System.out.print(table);
    return 0;
  }

  private static void add(Table table, Workload workload, int batch, Convolutions kernels) {
    RuntimeOptions options =
        RuntimeOptions.of(Precision.FP32).selfCheck(SelfCheck.SKIP).convolutions(kernels);
    try (FastEngine engine = FastEngine.of(workload.fused(), workload.spec().input(), options);
        INDArray images = workload.images(batch)) {
      long begin = System.nanoTime();
      engine.logits(images).close();
      double millis = (System.nanoTime() - begin) / 1e6;
      MemoryUse memory = engine.network().memory();
      table.row(
          "%s | %d | %s | %.1f | %.1f | %.0f",
          workload.label(),
          batch,
          kernels,
          memory.weightBytes() / 1e6,
          memory.scratchBytes() / 1e6,
          millis);
    }
  }
}
