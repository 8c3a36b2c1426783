package io.github.repvgg4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.deploy.predict.EngineChoice;
import io.github.repvgg4j.deploy.predict.EngineName;
import io.github.repvgg4j.deploy.predict.OpenModel;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.spark.images.ImageSet;
import io.github.repvgg4j.spark.predict.ImageScoring;
import io.github.repvgg4j.spark.predict.Scoring;
import io.github.repvgg4j.spark.predict.ShippedModel;
import io.github.repvgg4j.spark.train.SparkJob;
import io.github.repvgg4j.spark.train.SparkTraining;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggVariant;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.train.RunListener;
import io.github.repvgg4j.train.RunOptions;
import io.github.repvgg4j.train.RunResult;
import io.github.repvgg4j.train.Training;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.imageio.ImageIO;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What Spark costs, on an otherwise idle machine with two cores: one and two executors with one
 * core each, beside one and two threads of this process without Spark. All take turns; medians go
 * to the terminal, nothing is asserted of them.
 */
@Tag("proof")
class ClusterTimingTest {

  private static final int BATCH = 8;

  @TempDir Path folder;

  private final Map<String, List<Double>> rates = new LinkedHashMap<>();

  @BeforeAll
  static void start() {
    TestCluster.startWith(
        "-XX:+UseSerialGC -Dorg.bytedeco.javacpp.maxbytes=2g"
            + " -Dorg.bytedeco.javacpp.maxphysicalbytes=5g");
  }

  @Test
  void prediction() throws Exception {
    int images = Integer.getInteger("timing.images", 240);
    int rounds = Integer.getInteger("timing.rounds", 5);
    Path photographs = writePhotographs(folder.resolve("photographs"), images);
    Path fast = writeFastA0(folder);
    ImageSet set =
        ImageSet.list(photographs.toString(), TestCluster.context().hadoopConfiguration());
    for (EngineName engine : EngineName.values()) {
      try (OpenModel first = open(fast, engine);
          OpenModel second = open(fast, engine)) {
        for (int round = -1; round < rounds; round++) {
          boolean warmUp = round < 0;
          for (int cores = 1; cores <= 2; cores++) {
            List<OpenModel> models = List.of(first, second).subList(0, cores);
            measure(
                engine + ", " + cores + " threads, no Spark",
                warmUp,
                images,
                () -> here(models, set));
            int partitions = cores;
            Scoring scoring =
                new Scoring(
                    ShippedModel.of(
                        TestCluster.context().sc(),
                        fast.toString(),
                        EngineChoice.of(engine, Precision.FP32)),
                    BATCH,
                    5);
            measure(
                engine + ", " + cores + " executors",
                warmUp,
                images,
                () ->
                    ImageScoring.score(TestCluster.session(), set, scoring, partitions)
                        .filter("error is null")
                        .count());
          }
        }
      }
    }
    print();
  }

  private static OpenModel open(Path fast, EngineName engine) throws IOException {
    return OpenModel.load(fast, EngineChoice.of(engine, Precision.FP32));
  }

  private void measure(String what, boolean warmUp, int images, Callable<Long> work)
      throws Exception {
    long start = System.nanoTime();
    assertThat(work.call()).isEqualTo(images);
    double rate = images / ((System.nanoTime() - start) / 1e9);
    if (!warmUp) {
      rates.computeIfAbsent(what, key -> new ArrayList<>()).add(rate);
    }
  }

  private void print() {
    rates.forEach(
        (what, list) -> {
          List<Double> sorted = new ArrayList<>(list);
          Collections.sort(sorted);
          System.out.printf(
              Locale.ROOT,
              "%s: %.1f images/s (%.1f - %.1f)%n",
              what,
              sorted.get(sorted.size() / 2),
              sorted.get(0),
              sorted.get(sorted.size() - 1));
        });
  }

  /** Each model in a thread of its own; images are shared out batch by batch. */
  private static long here(List<OpenModel> models, ImageSet set) throws Exception {
    AtomicInteger next = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(models.size());
    List<Future<Long>> parts = new ArrayList<>();
    for (OpenModel model : models) {
      parts.add(pool.submit(() -> part(model, set, next)));
    }
    long answered = 0;
    for (Future<Long> part : parts) {
      answered += part.get();
    }
    pool.shutdown();
    return answered;
  }

  private static long part(OpenModel model, ImageSet set, AtomicInteger next) throws Exception {
    ImagePreprocessor preprocessor =
        new ImagePreprocessor(
            model.metadata().preprocessing().orElseThrow(),
            model.metadata().spec().orElseThrow().input());
    long answered = 0;
    int size = set.images().size();
    for (int from = next.getAndAdd(BATCH); from < size; from = next.getAndAdd(BATCH)) {
      int count = Math.min(BATCH, size - from);
      float[] values = new float[count * preprocessor.length()];
      for (int i = 0; i < count; i++) {
        Path file = Path.of(java.net.URI.create(set.images().get(from + i).file()));
        preprocessor.write(ImageReader.read(file), values, i * preprocessor.length());
      }
      InputShape shape = preprocessor.input();
      long[] axes = {count, shape.channels(), shape.height(), shape.width()};
      try (INDArray input = org.nd4j.linalg.factory.Nd4j.create(values, axes, 'c');
          INDArray logits = model.engine().logits(input)) {
        answered += logits.size(0);
      }
    }
    return answered;
  }

  /** Bytes that travel: results of tasks, what they shuffle, pieces of broadcasts. */
  private static final class Traffic extends SparkListener {
    private final AtomicLong results = new AtomicLong();
    private final AtomicLong shuffled = new AtomicLong();
    private final AtomicLong broadcast = new AtomicLong();

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      if (end.taskMetrics() != null) {
        results.addAndGet(end.taskMetrics().resultSize());
        shuffled.addAndGet(end.taskMetrics().shuffleWriteMetrics().bytesWritten());
      }
    }

    @Override
    public void onBlockUpdated(SparkListenerBlockUpdated update) {
      var block = update.blockUpdatedInfo();
      boolean piece = block.blockId().name().matches("broadcast_\\d+_piece\\d+");
      boolean stored = block.storageLevel().isValid(); // else it was dropped
      if (piece && stored && !block.blockManagerId().isDriver()) {
        broadcast.addAndGet(block.memSize() + block.diskSize());
      }
    }
  }

  @Test
  void trainingOfSmallNetwork() throws Exception {
    training(
        "{depths: [2, 2, 2, 1], widths: [32, 32, 64, 128, 256], strides: [1, 2, 2, 2, 2],"
            + " input: [3, 32, 32]}",
        32,
        64,
        40,
        1,
        5,
        10);
  }

  @Test
  void trainingOfA0() throws Exception {
    training("{variant: A0, input: [3, 160, 160]}", 160, 16, 20, 5, 10);
  }

  /** The same images in an epoch; two workers take them in half as many iterations. */
  private void training(String model, int side, int batch, int iterations, int... frequencies)
      throws Exception {
    Path images = folder.resolve("images");
    io.github.repvgg4j.data.set.GeneratedImages.write(
        images,
        new io.github.repvgg4j.data.set.GeneratedImages.Options(
            (2 * batch * iterations + 9) / 10, 2, side, 1));
    Traffic traffic = new Traffic();
    TestCluster.context().sc().addSparkListener(traffic);
    for (int round = 0; round < Integer.getInteger("timing.rounds", 5); round++) {
      train("one thread, no Spark", model, images, batch, "{}", 0, round);
      for (int workers = 1; workers <= 2; workers++) {
        for (int frequency : frequencies) {
          String section =
              "{workers: %d, batchPerWorker: %d, averagingFrequency: %d}"
                  .formatted(workers, batch, frequency);
          long before = traffic.results.get() + traffic.shuffled.get() + traffic.broadcast.get();
          train(
              workers + " workers, averaging each " + frequency,
              model,
              images,
              batch,
              section,
              workers,
              round);
          Thread.sleep(300); // Spark's listeners hear late
          System.out.printf(
              Locale.ROOT,
              "%s: %.2f MB moved in all%n",
              section,
              (traffic.results.get() + traffic.shuffled.get() + traffic.broadcast.get() - before)
                  / 1e6);
        }
      }
    }
    TestCluster.context().sc().removeSparkListener(traffic);
    print();
  }

  private void train(
      String what, String model, Path images, int batch, String section, int workers, int round)
      throws IOException {
    Path run = folder.resolve("run-" + rates.size() + "-" + System.nanoTime());
    SparkJob job =
        SparkJob.parse(
            "test",
            """
            model: %s
            data: {path: %s, augment: {crop: padded, padding: 2}}
            training: {epochs: 2, batchSize: %d, learningRate: 0.01, seed: 1, optimizer: {type: sgd, momentum: 0.9}}
            output: {folder: %s}
            spark: %s
            """
                .formatted(model, images, batch, run, section));
    RunResult result =
        workers == 0
            ? Training.run(job.training(), RunListener.SILENT)
            : SparkTraining.run(TestCluster.context(), job, RunOptions.NEW, RunListener.SILENT);
    // The second epoch: the first one compiles.
    String last = Files.readAllLines(result.folder().resolve("metrics.jsonl")).get(1);
    double rate =
        new com.fasterxml.jackson.databind.ObjectMapper()
            .readTree(last)
            .get("imagesPerSecond")
            .asDouble();
    if (round > 0 || Integer.getInteger("timing.rounds", 5) == 1) {
      rates.computeIfAbsent(what, key -> new ArrayList<>()).add(rate);
    }
  }

  private static Path writeFastA0(Path folder) throws IOException {
    RepVggSpec spec = RepVggVariant.A0.spec(1000, InputShape.square(224));
    ComputationGraph graph = RepVggGraphs.build(spec, GraphOptions.withSeed(7));
    RandomStatistics.fill(graph, 11);
    Path zip = folder.resolve("fast.zip");
    ModelZipWriter.of(
            GraphFuser.fuse(graph).network(),
            ModelMetadata.of(ModelMetadata.Form.FAST, spec)
                .withPreprocessing(Preprocessing.IMAGENET))
        .write(zip);
    return zip;
  }

  /** JPEG files of 500 x 375 pixels, smooth with some noise, about 60 kB each. */
  private static Path writePhotographs(Path target, int count) throws IOException {
    Files.createDirectories(target.resolve("all"));
    for (int n = 0; n < count; n++) {
      Random random = new Random(n);
      BufferedImage image = new BufferedImage(500, 375, BufferedImage.TYPE_INT_RGB);
      double[] wave = random.doubles(9, 0.005, 0.05).toArray();
      for (int y = 0; y < 375; y++) {
        for (int x = 0; x < 500; x++) {
          int rgb = 0;
          for (int c = 0; c < 3; c++) {
            double value =
                128
                    + 90 * Math.sin(wave[c] * x + wave[3 + c] * y + 10 * wave[6 + c])
                    + 12 * random.nextGaussian();
            rgb = rgb << 8 | (int) Math.max(0, Math.min(255, value));
          }
          image.setRGB(x, y, rgb);
        }
      }
      ImageIO.write(
          image, "jpg", target.resolve(String.format(Locale.ROOT, "all/%04d.jpg", n)).toFile());
    }
    return target;
  }
}
