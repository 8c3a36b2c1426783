package io.github.repvgg4j.bench.training;

import io.github.repvgg4j.accelerate.AccelerationMode;
import io.github.repvgg4j.bench.measure.Table;
import io.github.repvgg4j.cuda.device.AlgorithmChoice;
import io.github.repvgg4j.model.ModelCost;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.train.loop.CardEngine;
import io.github.repvgg4j.train.loop.DeviceChoice;
import io.github.repvgg4j.train.loop.GraphTrainer;
import io.github.repvgg4j.train.loop.StepEngine;
import io.github.repvgg4j.train.loop.StepEngines;
import io.github.repvgg4j.train.loop.StepRecipe;
import io.github.repvgg4j.train.optim.Schedule;
import io.github.repvgg4j.train.optim.UpdateRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Whole steps on a card beside PyTorch's: images a second with uploads, share of the measured
 * matrix peak, and what an epoch of ImageNet's 1,281,167 images would take.
 */
final class CardTraining {

  private static final int WARM_UP = 10;
  private static final int BLOCK = 5;
  private static final int IMAGENET = 1_281_167;

  private final RepVggSpec spec;
  private final int batch;
  private final double seconds;
  private final float[] images;
  private final float[] targets;

  /**
   * @param batch images
   * @param seconds to measure each engine
   */
  CardTraining(RepVggSpec spec, int batch, double seconds) {
    this.spec = spec;
    this.batch = batch;
    this.seconds = seconds;
    this.images = new float[batch * 3 * spec.input().height() * spec.input().width()];
    this.targets = new float[batch * spec.numClasses()];
    Random random = new Random(5);
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < batch; i++) {
      targets[i * spec.numClasses() + i % spec.numClasses()] = 1;
    }
  }

  /** Prints a table. */
  void run(String name, Path python) {
    Table table =
        new Table(
            "network | engine | batch | images/s | TFLOP/s | of the peak | MB | ImageNet epoch, min");
    double peak = 0;
    try {
      TorchOnCard torch = TorchOnCard.measure(python, spec, batch, seconds);
      peak = torch.peak();
      row(table, name, "pytorch, " + torch.versions(), torch.rate(), peak, torch.megabytes());
    } catch (IOException e) {
      System.out.println(e.getMessage());
    }
    for (AlgorithmChoice choice : AlgorithmChoice.values()) {
      for (Precision precision : new Precision[] {Precision.FP32, Precision.BF16}) {
        measure(table, name, precision, choice, peak);
      }
    }
    System.out.print(table);
  }

  private void measure(
      Table table, String name, Precision precision, AlgorithmChoice choice, double peak) {
    ComputationGraph graph = RepVggGraphs.build(spec, GraphOptions.withSeed(3));
    StepRecipe recipe =
        StepRecipe.of(new UpdateRule.Sgd(0.9, true, 1e-4), new Schedule.Constant(0.01));
    StepEngine engine =
        StepEngines.of(
            graph,
            recipe,
            DeviceChoice.CUDA,
            new CardEngine.Wanted(precision, choice, spec.input().height(), spec.input().width()),
            Convolutions.DIRECT,
            AccelerationMode.AUTO);
    System.out.println(engine.description());
    try (GraphTrainer trainer = new GraphTrainer(graph, recipe, engine)) {
      double rate = rate(trainer);
      double megabytes = ((CardEngine) engine).bytes() / (double) (1 << 20);
      String what = "repvgg-train, " + precision + ", " + choice;
      row(table, name, what, rate, peak, megabytes);
    }
  }

  /** Images a second, median of blocks of steps that each wait for the card. */
  private double rate(GraphTrainer trainer) {
    steps(trainer, WARM_UP);
    long start = System.nanoTime();
    double[] times = {};
    while (System.nanoTime() - start < seconds * 1e9 || times.length < 5) {
      long before = System.nanoTime();
      steps(trainer, BLOCK);
      times = Arrays.copyOf(times, times.length + 1);
      times[times.length - 1] = (System.nanoTime() - before) / 1e9;
    }
    Arrays.sort(times);
    return BLOCK * batch / times[times.length / 2];
  }

  /** The last loss is known only when all updates before it are done. */
  private void steps(GraphTrainer trainer, int count) {
    int staged = 0;
    for (int i = 0; i < count; i++) {
      while (staged < count && trainer.room() > 0) {
        trainer.stage(images, shape(), targets);
        staged++;
      }
      trainer.step();
    }
  }

  private long[] shape() {
    return new long[] {batch, 3, spec.input().height(), spec.input().width()};
  }

  private void row(
      Table table, String name, String engine, double rate, double peak, double megabytes) {
    long macs =
        ModelCost.of(
                RepVggGraphs.build(spec, GraphOptions.withSeed(3)).getConfiguration(),
                InputType.convolutional(spec.input().height(), spec.input().width(), 3))
            .weightMacs();
    double flops = 3 * 2.0 * macs * rate / 1e12; // forward, and both gradients
    table.row(
        "%s | %s | %d | %.0f | %.1f | %s | %.0f | %.1f",
        name,
        engine,
        batch,
        rate,
        flops,
        peak == 0 ? "-" : Math.round(100 * flops / peak) + " %",
        megabytes,
        IMAGENET / rate / 60);
  }
}
