package io.github.repvgg4j.train.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFilesTest {

  private static final String GOOD =
      """
      model: {depths: [1, 1, 1, 1], widths: [8, 8, 8, 8, 8], input: [3, 32, 32]}
      data: {path: images}
      training: {epochs: 2}
      output: {folder: runs/x}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "epochs: 2 | epoch: 2 | training.epoch: unknown key; did you mean 'epochs'? (line 3)",
        "epochs: 2 | epochs: 0 | training.epochs: must be at least 1, got 0 (line 3)",
        "epochs: 2 | epochs: many | training.epochs: must be a whole number, got 'many'",
        "epochs: 2 | epochs: 2.5 | training.epochs: must be a whole number",
        "epochs: 2 | learningRate: fast | training.learningRate: must be a number, got 'fast'",
        "epochs: 2 | learningRate: -1 | training.learningRate: must be greater than 0, got -1 (line 3)",
        "epochs: 2 | select: first | training.select: must be one of best, last, got 'first'",
        "epochs: 2 | optimizer: {type: adagrad} | training.optimizer.type: ",
        "epochs: 2 | optimizer: {type: sgd, momentum: 1} | training.optimizer.momentum: must be at least 0 and less than 1, got 1 (line 3)",
        "epochs: 2 | schedule: {type: multistep} | training.schedule.milestones: is required",
        "epochs: 2 | schedule: {milestones: [1]} | training.schedule.milestones: does nothing without type: multistep; add that, or remove milestones (line 3)",
        "epochs: 2 | schedule: {type: cosine, gamma: 0.2} | training.schedule.gamma: does nothing without type: step or multistep;",
        "epochs: 2 | schedule: {type: step, everyIterations: 9, floor: 0.01} | training.schedule.floor: does nothing without type: cosine;",
        "epochs: 2 | schedule: {floor: 0.1} | training.schedule.floor: is the last rate; must be at most learningRate, 0.025, got 0.1",
        "path: images | path: i, augment: {padding: 2} | data.augment.padding: does nothing without crop: padded; add that, or remove padding (line 2)",
        "path: images | path: i, augment: {crop: padded, minScale: 0.5} | data.augment.minScale: does nothing without crop: resized;",
        "path: images | path: i, augment: {policy: trivialaugment, policyOps: 3} | data.augment.policyOps: does nothing without policy: randaugment;",
        "path: images | path: i, augment: {policyFill: mean} | data.augment.policyFill: does nothing without a policy;",
        "epochs: 2 | testTimeAveraging: twice | training.testTimeAveraging: must be one of none,",
        "epochs: 2 | progressive: [{side: 24}] | training.progressive[0].untilEpoch: is required",
        "epochs: 2 | optimizer: {type: dl4j} | training.optimizer.updater: is required, such as",
        "epochs: 2 | optimizer: {type: dl4j, updater: Lion} | training.optimizer.updater: must be",
        "epochs: 2 | fineTune: {freezeStages: 1} | training.fineTune.from: is required",
        "epochs: 2 | fineTune: {from: a.zip, freezeStages: 6} | training.fineTune.freezeStages: must",
        "epochs: 2 | customL2: true, optimizer: {type: adamw} | training.customL2: takes the place",
        "path: images | path: i, augment: {policy: auto} | data.augment.policy: must be one of",
        "path: images | path: i, augment: {policyMagnitude: 31} | data.augment.policyMagnitude: must",
        "path: images | path: i, mean: [0.5] | data.mean: has 1 number, but model.input has 3",
        "path: images | path: i, std: [1, 1] | data.std: has 2 numbers, but model.input has 3",
        "path: images | path: i, std: [1, 1, 0] | data.std[2]: must be greater than 0 and at most 1, got 0 (line 2)",
        "path: images | path: i, mean: [123.7, 116.3, 103.5] | data.mean[0]: must be at most 1, got 123.7 (line 2)",
        "path: images | path: '' | data.path: is empty; give a path (line 2)",
        "path: images | path: ~/images | data.path: ~ and variables mean nothing here, got '~/images'; write the path out (line 2)",
        "path: images | path: /data/$USER/images | data.path: ~ and variables mean nothing here",
        "path: images | path: 'C:\\%TEMP%\\images' | data.path: ~ and variables mean nothing here",
        "folder: runs/x | folder: ~ | output.folder: is required, such as runs/pets",
        "folder: runs/x | folder: ~/runs | output.folder: ~ and variables mean nothing here",
        "folder: runs/x | folder: '${HOME}/runs' | output.folder: ~ and variables mean nothing here",
        "epochs: 2 | fineTune: {from: $HOME/a.zip} | training.fineTune.from: ~ and variables",
        "path: images | path:images | data.path: needs a plain space after its ':' (line 2)",
        "epochs: 2 | epochs:\u00a02 | training.epochs: needs a plain space after its ':' (line 3)",
        "input: [3, 32, 32] | input: [2, 32, 32] | model.input: images have 1 (grey) or 3 (RGB)",
        "depths: [1, 1, 1, 1] | depths: [1, 1] | model.depths: needs 4 numbers",
        "depths: [1, 1, 1, 1] | batchNormEps: 0, depths: [1, 1, 1, 1] | model.batchNormEps: must",
        "path: images | threads: 2 | data.path: is required",
        "output: {folder: runs/x} | backend: {} | output: is required, such as output: {folder: runs/pets}",
        "output: {folder: runs/x} | output: {folder: runs/x | is no YAML",
        "output: {folder: runs/x} | epochs: 3 | epochs: unknown key; belongs below training (line 4)",
        "path: images | batchSize: 8 | data.batchSize: unknown key; belongs below training (line 2)",
        "path: images | path: i, side: 8 | data.side: unknown key; belongs below data.generated or below training.progressive (line 2)",
        "epochs: 2 | lr: 0.1 | training.lr: unknown key; did you mean 'learningRate'? (line 3)",
        "epochs: 2 | select: bset | training.select: must be one of best, last, got 'bset'; did you mean 'best'? (line 3)",
        "depths: [1, 1, 1, 1] | depths: [1, 0, 1, 1] | model.depths[1]: must be at least 1, got 0 (line 1)",
        "depths: [1, 1, 1, 1], widths: [8, 8, 8, 8, 8] | variant: A00 | model.variant: no variant 'A00'; there are A0,",
        "model: {depths | preset: cifarhour\\nmodel: {depths | preset: must be one of reference-120, reference-300, b3-200, cifar-hour, small-images, small-images-few, photos, photos-few or auto, got 'cifarhour'; did you mean 'cifar-hour'? (line 1)",
        "output: {folder: runs/x} | backend: {accelerate: fast} | backend.accelerate: must be one",
      })
  void badValuesAreNamedWithFileAndKey(String good, String bad, String message) {
    assertThatThrownBy(
            () -> ConfigFiles.parse("job.yaml", GOOD.replace(good, bad.replace("\\n", "\n"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("job.yaml: " + message)
        .message()
        .hasLineCount(1);
  }

  @Test
  void greyInputHasADefaultMeanAndDeviationOfOneNumber() {
    String grey = GOOD.replace("input: [3,", "input: [1,");
    TrainConfig config = ConfigFiles.parse("job.yaml", grey);
    assertThat(config.data().mean()).containsExactly(0.459);
    assertThat(config.data().std()).containsExactly(0.226);
    assertThat(ConfigFiles.parse("again", ConfigFiles.write(config))).isEqualTo(config);
    assertThatThrownBy(
            () ->
                ConfigFiles.parse(
                    "job.yaml", grey.replace("path: images", "path: i, mean: [1, 1, 1]")))
        .hasMessage(
            "job.yaml: data.mean: has 3 numbers, but model.input has 1 channel;"
                + " give one number a channel (line 2)");
    TrainConfig preset = ConfigFiles.parse("job.yaml", "preset: reference-120\n" + grey);
    assertThat(preset.data().mean()).containsExactly(0.459);
  }

  @Test
  void batchNormEpsReachesTheNetwork() {
    TrainConfig config =
        ConfigFiles.parse("job.yaml", GOOD.replace("model: {", "model: {batchNormEps: 1e-3, "));
    assertThat(config.model().spec(3).blockOptions().batchNormEps()).isEqualTo(1e-3);
    TrainConfig variant =
        ConfigFiles.parse(
            "job.yaml",
            GOOD.replaceFirst("model: .*", "model: {variant: B1g2, batchNormEps: 0.002}"));
    assertThat(variant.model().spec(3).blockOptions().batchNormEps()).isEqualTo(0.002);
    assertThat(variant.model().spec(3).blockOptions().groups()).isEqualTo(2);
    assertThat(ConfigFiles.parse("job.yaml", GOOD).model().batchNormEps()).isEqualTo(1e-5);
  }

  @Test
  void keyThatStandsTwiceIsRefused() {
    assertThatThrownBy(() -> ConfigFiles.parse("job.yaml", GOOD + "training: {epochs: 3}\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("training");
  }

  @Test
  void writtenConfigurationReadsBackAsItself() {
    TrainConfig config = ConfigFiles.parse("job.yaml", GOOD);
    assertThat(ConfigFiles.parse("again.yaml", ConfigFiles.write(config))).isEqualTo(config);
    String more =
        GOOD.replace(
                "epochs: 2",
                "testTimeAveraging: flip-translate, progressive: [{untilEpoch: 6, side: 24}]")
            .replace("path: images", "path: i, augment: {policy: autoaugment-cifar, erasing: {}}");
    more = more.replace("testTime", "optimizer: {type: dl4j, updater: AMSGrad}, testTime");
    TrainConfig rich = ConfigFiles.parse("job.yaml", more);
    assertThat(ConfigFiles.parse("again.yaml", ConfigFiles.write(rich))).isEqualTo(rich);
  }

  @Test
  void progressiveSizeIsLargeEnoughToBePooled() {
    String job =
        """
        model: {depths: [1, 1, 1, 1], widths: [8, 8, 8, 8, 8], downsample: maxpool, input: [3, 64, 64]}
        data: {path: images}
        training: {epochs: 9, progressive: [{untilEpoch: 2, side: 32}, {untilEpoch: 4, side: 31}]}
        output: {folder: runs/x}
        """;
    assertThatThrownBy(() -> ConfigFiles.parse("job.yaml", job))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("training.progressive: side 31: strides: an image of [3, 31, 31] is")
        .hasMessageContaining("needs sides of at least 32");
    assertThat(ConfigFiles.parse("job.yaml", job.replace("31}", "40}"))).isNotNull();
  }

  @Test
  void exponentsWithoutAPointAreNumbers() {
    TrainConfig config =
        ConfigFiles.parse("job.yaml", GOOD.replace("epochs: 2", "learningRate: 1e-3"));
    assertThat(config.training().learningRate()).isEqualTo(1e-3);
  }

  @Test
  void variantGivesItsPublishedStructure() {
    TrainConfig config =
        ConfigFiles.parse(
            "job.yaml",
            GOOD.replaceAll("model: .*", "model: {variant: A0, strides: [1, 1, 2, 2, 2]}"));
    assertThat(config.model().spec(10).widths()).containsExactly(48, 48, 96, 192, 1280);
    assertThat(config.model().spec(10).strides()).containsExactly(1, 1, 2, 2, 2);
  }

  @Test
  void configurationsOfTheProjectAreRead() {
    for (String name :
        new String[] {"quickstart", "cifar10-small", "cifar10-hour", "cifar10-hour-next"}) {
      java.nio.file.Path file = java.nio.file.Path.of("..", "configs", name + ".yaml");
      assertThat(ConfigFiles.read(file).output().folder()).isEqualTo("runs/" + name);
    }
  }

  @Test
  void aliasesAndMergeKeysAreResolved() {
    TrainConfig config =
        ConfigFiles.parse(
            "job.yaml",
            """
            x-short: &short {epochs: 2, batchSize: 8}
            model: {depths: [1, 1, 1, 1], widths: &w [8, 8, 8, 8, 8]}
            data: {path: &p bilder}
            training:
              <<: *short
              epochs: 3
            output: {folder: *p}
            """);
    assertThat(config.output().folder()).isEqualTo("bilder");
    assertThat(config.training().epochs()).isEqualTo(3);
    assertThat(config.training().batchSize()).isEqualTo(8);
  }

  @Test
  void wordsThatOtherYamlTakesForTruthStayWords() {
    TrainConfig config =
        ConfigFiles.parse(
            "job.yaml",
            GOOD.replace("path: images", "path: no").replace("runs/x", "007")
                + "backend: {accelerate: off}\n");
    assertThat(config.data().path()).isEqualTo("no");
    assertThat(config.output().folder()).isEqualTo("007");
    assertThat(config.backend().accelerate()).hasToString("off");
    assertThat(ConfigFiles.parse("again.yaml", ConfigFiles.write(config))).isEqualTo(config);
  }

  @Test
  void sectionOfTheClusterIsPassedOver() {
    assertThat(ConfigFiles.parse("job.yaml", GOOD + "spark: {workers: 2}\n"))
        .isEqualTo(ConfigFiles.parse("job.yaml", GOOD));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a~b/c~", "./~/x", "//server/c$/images", "100%/50%", "price$", "$(x)"})
  void namesThatAShellWouldLeaveAloneAreTaken(String path) {
    String yaml = GOOD.replace("path: images", "path: '" + path + "'");
    assertThat(ConfigFiles.parse("job.yaml", yaml).data().path()).isEqualTo(path);
  }
}
