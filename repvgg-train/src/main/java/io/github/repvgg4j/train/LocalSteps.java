package io.github.repvgg4j.train;

import io.github.repvgg4j.accelerate.AccelerationMode;
import io.github.repvgg4j.accelerate.Accelerator;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.data.augment.TestTimeAveraging;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.load.BadImages;
import io.github.repvgg4j.data.load.BatchLoader;
import io.github.repvgg4j.data.load.BatchPlan;
import io.github.repvgg4j.data.load.ImageBatch;
import io.github.repvgg4j.data.load.TargetMix;
import io.github.repvgg4j.data.set.DataIdentity;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.data.set.ImageSplit;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.text.Count;
import io.github.repvgg4j.train.config.Balance;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.DataConfig;
import io.github.repvgg4j.train.config.Loss;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.config.TrainingConfig;
import io.github.repvgg4j.train.config.WhiteningConfig;
import io.github.repvgg4j.train.fused.FusedTests;
import io.github.repvgg4j.train.loop.Evaluation;
import io.github.repvgg4j.train.loop.EvaluationSums;
import io.github.repvgg4j.train.loop.GraphTrainer;
import io.github.repvgg4j.train.loop.LabelSums;
import io.github.repvgg4j.train.loop.NoUsableImagesException;
import io.github.repvgg4j.train.loop.StepRecipe;
import io.github.repvgg4j.train.loop.TestNetwork;
import io.github.repvgg4j.train.loop.TestSums;
import io.github.repvgg4j.train.loop.Whitening;
import io.github.repvgg4j.train.optim.Course;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The steps of one machine: a batch each. */
final class LocalSteps implements StepSource {

  private final TrainConfig config;
  private final TrainingConfig recipe;
  private final ImageData data;
  private final Job job;
  private final RepVggSpec spec;
  private final RunNetwork network;
  private final ImagePreprocessor preprocessor;
  private final BadImages badImages;
  private final BatchLoader trainLoader;
  private final BatchLoader testLoader;
  private final Course course;
  private final FusedTests tests;
  private final Lessons lessons;
  private final GraphTrainer trainer;
  private ComputationGraph accelerated;

  private LocalSteps(
      TrainConfig config,
      ImageData data,
      RepVggSpec spec,
      DataIdentity identity,
      RunNetwork network,
      UnaryOperator<StepRecipe> change)
      throws IOException {
    this.config = config;
    this.recipe = config.training();
    this.data = data;
    this.spec = spec;
    this.network = network;
    this.accelerated = network.whole();
    DataConfig options = config.data();
    this.preprocessor = new ImagePreprocessor(options.preprocessing(), spec.input());
    this.badImages = new BadImages(options.onBadImage());
    long cacheBytes = (long) options.cacheMiB() << 20;
    this.trainLoader =
        loader(
            data.train(),
            new BatchLoader.Options(
                recipe.balance() == Balance.SAMPLING
                    ? BatchLoader.Order.BALANCED
                    : BatchLoader.Order.SHUFFLED,
                recipe.batchSize(),
                options.threads(),
                recipe.seed(),
                cacheBytes,
                options.augment().augmentations(spec.input(), options.preprocessing()),
                recipe.targets()));
    this.testLoader = testLoader(data.test(), cacheBytes);
    this.tests =
        new FusedTests(spec.input(), config.backend().accelerate() != AccelerationMode.OFF);
    if (recipe.whitening() != null) {
      whiten(recipe.whitening());
    }
    this.lessons =
        new Lessons(
            new Lessons.Material(
                config, data.train(), data.labels(), preprocessor, badImages, identity));
    this.course = recipe.course(data.train().size(), spec.input());
    this.trainer =
        new GraphTrainer(network.trained(), change.apply(recipe.recipe(course)), network.engine());
    this.job = job(identity);
  }

  private Job job(DataIdentity identity) throws IOException {
    Images images =
        new Images(
            data.labels(),
            identity,
            data.train().size(),
            data.test(),
            data.finalTest().map(ImageSplit::size).orElse(0));
    List<String> notes = JobNotes.of(config, data, ClassBalance.of(identity), course);
    notes.addAll(network.notes());
    notes.addAll(lessons.notes());
    return new Job(config, images, course.first(), network.acceleration(), notes, Map.of());
  }

  /**
   * Checks a job: lists and identifies its images, builds its network. Only generated images are
   * written.
   *
   * @param listeners of Deeplearning4j, attached to the network
   * @throws IOException the data or the source model can't be read: one line
   * @throws io.github.repvgg4j.train.config.ConfigException the configuration and the data do not
   *     fit: one line
   */
  static LocalSteps check(TrainConfig wanted, Collection<TrainingListener> listeners)
      throws IOException {
    return check(wanted, listeners, UnaryOperator.identity());
  }

  /**
   * The same with something changed of what is done with gradients.
   *
   * @throws IOException likewise
   */
  static LocalSteps check(
      TrainConfig wanted, Collection<TrainingListener> listeners, UnaryOperator<StepRecipe> change)
      throws IOException {
    TrainConfig config = GeneratedData.in(OtherModels.check(wanted));
    ImageData data = config.data().open(config.training().loss().labelling());
    try {
      data.requireApart(config.folder());
      RepVggSpec spec = config.spec(data.labels().size());
      if (config.training().loss() == Loss.SIGMOID) {
        requireClasses(config, data.test());
        data.finalTest().ifPresent(split -> requireClasses(config, split));
      }
      DataIdentity identity =
          DataIdentity.of(data.labels(), data.train(), data.test(), data.finalTest());
      RunNetwork network = RunNetwork.of(config, spec, ClassBalance.of(identity), listeners);
      return new LocalSteps(config, data, spec, identity, network, change);
    } catch (IOException | RuntimeException e) {
      data.close();
      throw e;
    }
  }

  /**
   * What is written must not lie among the images.
   *
   * @throws IOException it would: one line
   */
  void requireApart(Path folder) throws IOException {
    data.requireApart(folder);
  }

  /** Without them there is no average precision, by which the best epoch is chosen. */
  private static void requireClasses(TrainConfig config, ImageSplit test) {
    if (IntStream.range(0, test.size()).allMatch(i -> test.labels(i).length == 0)) {
      throw new ConfigException(
          config.data().path()
              + ": none of "
              + Count.of(test.size(), "test image")
              + " shows a class, so nothing says how good a network is; name the classes of some");
    }
  }

  /** Before there is a trainer, which begins with these weights. */
  private void whiten(WhiteningConfig wanted) throws IOException {
    Whitening whitening = new Whitening(spec.input().channels(), wanted.patch());
    BatchLoader.Options options =
        new BatchLoader.Options(
            BatchLoader.Order.SHUFFLED,
            Math.min(recipe.batchSize(), wanted.images()),
            config.data().threads(),
            recipe.seed(),
            0,
            List.of(),
            TargetMix.NONE);
    try (BatchLoader loader = loader(data.train(), options);
        BatchLoader.Epoch batches = loader.epoch(0, 0)) {
      ImageBatch batch = batches.next();
      for (int seen = 0; seen < wanted.images() && batch != null; batch = batches.next()) {
        whitening.add(batch.features(), batch.shape());
        seen += batch.size();
      }
      if (!whitening.hasPatches()) {
        throw NoUsableImagesException.training();
      }
    }
    whitening.writeTo(network.whole(), wanted.epsilon());
  }

  private BatchLoader loader(ImageSplit split, BatchLoader.Options options) {
    return new BatchLoader(split, data.labels().size(), preprocessor, options, badImages);
  }

  private BatchLoader testLoader(ImageSplit split, long cacheBytes) {
    int threads = config.data().threads();
    return loader(split, BatchLoader.Options.evaluation(recipe.batchSize(), threads, cacheBytes));
  }

  @Override
  public Job job() {
    return job;
  }

  @Override
  public Course course() {
    return course;
  }

  @Override
  public void prepare(Path teacherLogits) throws IOException {
    lessons.prepare(teacherLogits);
  }

  @Override
  public GraphTrainer trainer() {
    return trainer;
  }

  @Override
  public ComputationGraph network() {
    trainer.graph(); // which brings the parameters up to date
    network.takeCounts();
    return network.whole();
  }

  @Override
  public Epoch epoch(int epoch, int firstBatch, long begin) {
    int planned = recipe.minutes() == null ? epoch : course.epoch(trainer.pace().planned(begin));
    BatchPlan plan =
        recipe.minutes() == null ? course.plan(epoch) : course.plan(begin, trainer.pace());
    BatchLoader.Epoch batches =
        trainLoader.epoch(
            epoch,
            firstBatch,
            new BatchLoader.EpochOptions(
                recipe.trainingSize(planned, spec.input()), plan, lessons.softTargets()));
    return new Epoch() {
      private final Deque<Integer> sizes = new ArrayDeque<>();
      private boolean ended;

      @Override
      public int batches() {
        return plan.batches();
      }

      @Override
      public Step next() throws IOException {
        while (!ended && trainer.room() > 0) {
          ImageBatch batch = batches.next();
          ended = batch == null;
          if (!ended) {
            sizes.add(batch.size());
            stage(batch);
          }
        }
        Integer images = sizes.poll();
        if (images == null) {
          return null;
        }
        return new Step(images == 0 ? 0 : trainer.step(), images, 1);
      }

      @Override
      public void close() {
        trainer.dropStaged();
        batches.close();
      }
    };
  }

  private void stage(ImageBatch batch) {
    if (batch.size() == 0) {
      return;
    }
    float[] targets = lessons.targets(batch);
    if (network.frozenStages() == 0) {
      trainer.stage(batch.features(), batch.shape(), targets);
      return;
    }
    try (INDArray pixels = Floats.array(batch.features(), batch.shape());
        INDArray features = network.frozenFeatures(pixels)) {
      trainer.stage(Floats.values(features), features.shape(), targets);
    }
  }

  @Override
  public Optional<Evaluation> test(
      ComputationGraph model, Part part, TestTimeAveraging averaging, BooleanSupplier stop)
      throws IOException {
    if (model != network.whole() && model != accelerated) {
      Accelerator.enable(model, config.backend().accelerate());
      accelerated = model;
    }
    ImageSplit split = part == Part.TEST ? data.test() : data.finalTest().orElseThrow();
    try (TestNetwork tested = tests.network(model, split.size())) {
      if (part == Part.TEST) {
        return test(tested, testLoader, averaging, stop);
      }
      try (BatchLoader once = testLoader(split, 0)) {
        return test(tested, once, averaging, stop);
      }
    }
  }

  private Optional<Evaluation> test(
      TestNetwork network, BatchLoader loader, TestTimeAveraging averaging, BooleanSupplier stop)
      throws IOException {
    int classes = data.labels().size();
    TestSums sums =
        recipe.loss() == Loss.SIGMOID ? new LabelSums(classes) : new EvaluationSums(classes);
    try (BatchLoader.Epoch batches = loader.epoch(0, 0)) {
      for (ImageBatch batch = batches.next(); batch != null; batch = batches.next()) {
        if (stop.getAsBoolean()) {
          return Optional.empty();
        }
        if (batch.size() > 0) {
          sums.add(network, batch, averaging);
        }
      }
    }
    return Optional.of(sums.evaluation());
  }

  @Override
  public Map<String, String> badImages() {
    return badImages.found();
  }

  @Override
  public int[] trainedImages() {
    int[] counts = StepSource.super.trainedImages();
    ImageSplit train = data.train();
    for (int i = 0; i < train.size(); i++) {
      if (badImages.found().containsKey(train.name(i))) {
        for (int c : train.labels(i)) {
          counts[c]--;
        }
      }
    }
    return counts;
  }

  @Override
  public void remember(Map<String, String> earlier) {
    badImages.remember(earlier);
  }

  @Override
  public void close() throws IOException {
    trainer.close();
    lessons.close();
    trainLoader.close();
    testLoader.close();
    data.close();
  }
}
