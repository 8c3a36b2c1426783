package io.github.repvgg4j.bench.training;

import io.github.repvgg4j.bench.measure.ClockOptions;
import io.github.repvgg4j.bench.measure.Table;
import io.github.repvgg4j.cuda.CudaDevices;
import io.github.repvgg4j.cuda.device.AlgorithmChoice;
import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.cuda.device.CudaException;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggVariant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Images a second of whole training steps. */
@Command(
    name = "training",
    mixinStandardHelpOptions = true,
    description =
        "Training steps a second: Deeplearning4j stock and accelerated, repvgg-train, PyTorch.")
public final class TrainingCommand implements Callable<Integer> {

  private enum Network {
    /** The small network of 32 x 32 images. */
    SMALL,
    A0
  }

  @Option(names = "--network", defaultValue = "SMALL", description = "${COMPLETION-CANDIDATES}")
  private Network network;

  @Option(
      names = "--engines",
      split = ",",
      defaultValue =
          "dl4j-stock,dl4j-accelerated,repvgg-train-fp32,repvgg-train-fp32-direct,"
              + "repvgg-train-bf16,pytorch")
  private List<String> engines;

  private enum Device {
    CPU,
    CUDA
  }

  @Option(
      names = "--device",
      defaultValue = "CPU",
      description =
          "${COMPLETION-CANDIDATES}; CUDA: repvgg-train on a card beside PyTorch (--python).")
  private Device device;

  @Option(
      names = "--variants",
      split = ",",
      defaultValue = "A0,B1",
      description = "Networks on a card.")
  private List<RepVggVariant> variants;

  @Option(names = "--side", defaultValue = "224", description = "Of images on a card, pixels.")
  private int side;

  @Option(
      names = "--python",
      defaultValue = "/usr/bin/python3",
      description = "With torch, for pytorch-python and on a card.")
  private Path python;

  @Option(names = "--batch", defaultValue = "128", description = "Images of a step on a card.")
  private int cardBatch;

  @Option(names = "--card-seconds", defaultValue = "20", description = "An engine on a card.")
  private double cardSeconds;

  @Mixin private final ClockOptions clock = new ClockOptions(60, 5);

  @Override
  public Integer call() {
    if (device == Device.CUDA) {
      return onCard();
    }
    RepVggSpec spec = network == Network.SMALL ? small() : a0();
    int batch = network == Network.SMALL ? 64 : 16;
    List<TrainingContender> contenders = new ArrayList<>();
    for (String engine : engines) {
      contenders.add(TrainingContender.open(engine, spec, batch, python));
    }
    List<Runnable> steps = new ArrayList<>();
    contenders.forEach(c -> steps.add(c::step));
    var times = clock.clock().run(steps);
    Table table = new Table("engine | batch | median ms | p10 - p90 | images/s");
    for (int i = 0; i < engines.size(); i++) {
      table.row(
          "%s | %d | %.1f | %.1f - %.1f | %.0f",
          engines.get(i),
          batch,
          times.get(i).median(),
          times.get(i).quantile(0.1),
          times.get(i).quantile(0.9),
          1000 * batch / times.get(i).median());
    }
    System.out.print(table);
    contenders.forEach(TrainingContender::close);
    return 0;
  }

  private int onCard() {
    try (CudaDevice card = CudaDevices.open(AlgorithmChoice.DETERMINISTIC)) {
      System.out.println(card.description());
    } catch (CudaException e) {
      System.err.println("no card: " + e.getMessage());
      return 1;
    }
    for (RepVggVariant variant : variants) {
      RepVggSpec spec = variant.spec(1000, InputShape.square(side));
      new CardTraining(spec, cardBatch, cardSeconds).run(variant.toString(), python);
    }
    return 0;
  }

  private static RepVggSpec small() {
    return RepVggSpec.of(
            List.of(2, 2, 2, 1), List.of(32, 32, 64, 128, 256), 10, InputShape.square(32))
        .withStrides(List.of(1, 2, 2, 2, 2));
  }

  private static RepVggSpec a0() {
    return RepVggVariant.A0.spec(1000, InputShape.square(160));
  }
}
