package io.github.repvgg4j.train.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Presets are frozen: what they resolve to stands here once more. */
class PresetsTest {

  private static final String REST =
      "model: {variant: A0}\ndata: {path: images}\noutput: {folder: run}\n";

  private static final String OWN = "data: {path: images}\noutput: {folder: run}\n";

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "reference-120, 120, 0.0, 0.0, none",
    "reference-300, 300, 0.1, 0.0, none",
    "b3-200, 200, 0.1, 0.2, autoaugment-imagenet"
  })
  void referenceRecipesResolveTo(
      String preset, String epochs, String smoothing, String mixup, String policy) {
    assertThat(ConfigDifference.leaves(parse("preset: " + preset + "\n" + REST)))
        .containsAllEntriesOf(
            Map.ofEntries(
                Map.entry("data.mean", "[0.485,0.456,0.406]"),
                Map.entry("data.std", "[0.229,0.224,0.225]"),
                Map.entry("data.cropFraction", "0.875"),
                Map.entry("data.augment.crop", "resized"),
                Map.entry("data.augment.minScale", "0.08"),
                Map.entry("data.augment.flip", "random"),
                Map.entry("data.augment.cutout", "0"),
                Map.entry("data.augment.policy", policy),
                Map.entry("training.epochs", epochs),
                Map.entry("training.batchSize", "256"),
                Map.entry("training.learningRate", "0.1"),
                Map.entry("training.optimizer.type", "sgd"),
                Map.entry("training.optimizer.momentum", "0.9"),
                Map.entry("training.optimizer.nesterov", "true"),
                Map.entry("training.optimizer.weightDecay", "1.0E-4"),
                Map.entry("training.schedule.type", "cosine"),
                Map.entry("training.schedule.warmupEpochs", "5.0"),
                Map.entry("training.schedule.floor", "0.0"),
                Map.entry("training.labelSmoothing", smoothing),
                Map.entry("training.mixup", mixup),
                Map.entry("training.cutmix", "0.0"),
                Map.entry("training.emaDecay", "0.0"),
                Map.entry("training.select", "last")));
  }

  @Test
  void cifarHourIsTheRecipeOfItsConfigurationFile() {
    Map<String, String> file =
        ConfigDifference.leaves(ConfigFiles.read(Path.of("../configs/cifar10-hour.yaml")));
    Map<String, String> preset =
        ConfigDifference.leaves(
            parse(
                "preset: cifar-hour\ndata: {path: '%s'}\noutput: {folder: '%s'}\n"
                    .formatted(file.get("data.path"), file.get("output.folder"))));
    preset.remove("preset");
    file.remove("preset");
    assertThat(preset)
        .as("change config/cifar-hour.yaml and configs/cifar10-hour.yaml together")
        .isEqualTo(file);
  }

  @Test
  void smallImagesHaveNetworkAndRecipeOfTheHour() {
    Map<String, String> hour =
        ConfigDifference.leaves(ConfigFiles.read(Path.of("../configs/cifar10-hour-next.yaml")));
    Map<String, String> many = ConfigDifference.leaves(parse("preset: small-images\n" + OWN));
    Map<String, String> few = ConfigDifference.leaves(parse("preset: small-images-few\n" + OWN));
    List<String> shared =
        List.of("model.", "training.optimizer.", "training.schedule.", "training.init");
    for (Map<String, String> preset : List.of(many, few)) {
      assertThat(starting(preset, shared)).isNotEmpty().isEqualTo(starting(hour, shared));
    }
    List<String> recipe = List.of("data.augment.", "training.learningRate", "training.labelS");
    assertThat(starting(many, recipe)).isEqualTo(starting(hour, recipe));
    assertThat(many)
        .containsAllEntriesOf(Map.of("training.epochs", "36", "training.batchSize", "125"));
    assertThat(few)
        .containsAllEntriesOf(
            Map.of(
                "training.epochs", "100",
                "training.batchSize", "32",
                "training.learningRate", "0.05",
                "training.labelSmoothing", "0.1",
                "data.augment.policy", "trivialaugment"));
  }

  private static Map<String, String> starting(Map<String, String> leaves, List<String> with) {
    Map<String, String> chosen = new TreeMap<>(leaves);
    chosen.keySet().removeIf(key -> with.stream().noneMatch(key::startsWith));
    return chosen;
  }

  /** Drawing weights in a way of its own is for a run from nothing. */
  @Test
  void fineTuningTakesThePlaceOfHowWeightsAreDrawn() {
    TrainConfig config =
        parse("preset: small-images-few\n" + OWN + "training: {fineTune: {from: a.zip}}\n");
    assertThat(config.training().init()).isEqualTo(TrainingConfig.Init.UNIFORM);
    assertThat(parse(ConfigFiles.write(config))).isEqualTo(config);
  }

  /** Digits must not be mirrored because a preset does it. */
  @ParameterizedTest
  @ValueSource(strings = {"{}", "{crop: padded}", "{cutout: 4}"})
  void augmentSaysAllThatIsDoneToImages(String augment) {
    String own = OWN.replace("images}", "images, augment: " + augment + "}");
    AugmentConfig alone = parse("model: {variant: A0}\n" + own).data().augment();
    for (String preset : Presets.NAMES) {
      String start = "preset: " + preset + "\nmodel: {variant: A0}\n";
      TrainConfig config = parse(start + own);
      assertThat(config.data().augment()).as(preset).isEqualTo(alone);
      assertThat(parse(ConfigFiles.write(config))).isEqualTo(config);
    }
  }

  /** A section whose keys are all commented out must not throw the recipe away. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "training:\n  # epochs: 20\n",
        "training:\n  epochs:\n",
        "training: {optimizer: , schedule: }\n",
        "training: {optimizer: {momentum: }}\n"
      })
  void whatIsLeftEmptySaysNothing(String training) {
    for (String preset : List.of("small-images", "reference-120", "photos-few")) {
      String start = "preset: " + preset + "\nmodel: {variant: A0}\n" + OWN;
      assertThat(parse(start + training)).as(preset).isEqualTo(parse(start));
      assertThat(parse(start.replace("images}", "images, augment: }"))).isEqualTo(parse(start));
    }
  }

  @Test
  void nullTakesAwayWhatThePresetHas() {
    String start = "preset: small-images\n" + OWN;
    assertThat(parse(start).training().init()).isEqualTo(TrainingConfig.Init.DIRAC);
    assertThat(parse(start + "training: {init: null}\n").training().init())
        .isEqualTo(TrainingConfig.Init.UNIFORM);
  }

  @Test
  void usersKeysOverrideAndAreListed() {
    TrainConfig config =
        parse(
            "preset: reference-120\n"
                + REST
                + "training: {batchSize: 64, optimizer: {weightDecay: 5e-4}}\n");
    assertThat(ConfigDifference.of(config))
        .containsExactly(
            new ConfigDifference("training.batchSize", "256", "64"),
            new ConfigDifference("training.optimizer.weightDecay", "1.0E-4", "5.0E-4"),
            new ConfigDifference("training.learningRate", "0.1", "0.025"));
  }

  @Test
  void presetAloneDiffersInNothing() {
    assertThat(ConfigDifference.of(parse("preset: b3-200\n" + REST))).isEmpty();
    assertThat(ConfigDifference.of(parse("preset: cifar-hour\n" + OWN))).isEmpty();
  }

  @Test
  void otherKindReplacesTheWholeSection() {
    TrainConfig config =
        parse(
            "preset: cifar-hour\n"
                + REST
                + "training: {optimizer: {type: adamw, weightDecay: 0.05}}\n");
    assertThat(config.training().optimizer())
        .isEqualTo(new OptimizerConfig.AdamWConfig(null, null, null, 0.05));
    assertThat(config.model().variant()).isEqualTo("A0");
    assertThat(config.training().learningRate()).isEqualTo(1e-3); // not the preset's, for SGD
  }

  @ParameterizedTest
  @CsvSource({
    "type: sgd, 0.025",
    "type: adamw, 0.001",
    "type: muon, 0.02",
    "'type: dl4j, updater: Adam', 0.001",
    "'type: dl4j, updater: Nesterovs', 0.025"
  })
  void ratesAreTheOptimizersUsualOnes(String optimizer, double rate) {
    String training = "training: {batchSize: 64, optimizer: {" + optimizer + "}}\n";
    assertThat(parse(REST + training).training().learningRate()).isEqualTo(rate);
  }

  @Test
  void writtenConfigurationIsReadBackTheSame() {
    TrainConfig config = parse("preset: b3-200\n" + REST + "training: {mixup: 0.4}\n");
    assertThat(parse(ConfigFiles.write(config))).isEqualTo(config);
  }

  @Test
  void unknownPresetAndFaultBelowOneAreNamed() {
    assertThatThrownBy(() -> parse("preset: paper\n" + REST))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "job.yaml: preset: must be one of reference-120, reference-300, b3-200, cifar-hour,"
                + " small-images, small-images-few, photos, photos-few or auto, got 'paper' (line"
                + " 1)");
    assertThatThrownBy(() -> parse("preset: b3-200\n" + REST + "training: {epoch: 3}\n"))
        .hasMessageStartingWith("job.yaml: training.epoch: unknown key");
  }

  private static TrainConfig parse(String yaml) {
    return ConfigFiles.parse("job.yaml", yaml);
  }
}
