package io.github.repvgg4j.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A job drawn from a seed: any keys together, for images of 16 x 16 in ten classes. Many are
 * refused, since their keys exclude each other.
 */
final class RandomRecipe {

  private final Random random;
  private final String data;
  private final boolean grey;
  private final String block;
  private final String model;
  private final String images;

  /**
   * @param data folder of two sets of images: {@code whole}, and {@code spoiled}, where some are
   *     bad
   */
  RandomRecipe(long seed, Path data) {
    this.random = new Random(seed);
    this.data = data.toString();
    this.grey = random.nextInt(8) == 0;
    this.block =
        one("repvgg", "repvgg", "plain", "plain", "qarepvgg", "mobileone", "repopt-search");
    this.model = String.join(", ", model());
    this.images = String.join(", ", data());
  }

  /** A job from nothing. */
  String first() {
    return yaml(block, training());
  }

  /**
   * A job that takes up what the first one left.
   *
   * @param from its model.zip
   */
  String second(Path from) {
    List<String> training = training();
    if (block.equals("repopt-search") && random.nextBoolean()) {
      training.removeIf(key -> key.startsWith("optimizer"));
      training.add("optimizer: {type: sgd, reparameterize: {from: '" + from + "'}}");
      return yaml("plain", training);
    }
    if (random.nextBoolean()) {
      training.add(
          "fineTune: {from: '"
              + from
              + "', freezeStages: "
              + random.nextInt(6)
              + often(3, ", backboneLearningRateFactor: 0")
              + "}");
      return yaml(block, training);
    }
    training.add(
        "teacher: {path: '"
            + from
            + "', cache: "
            + one("none", "images")
            + often(4, ", weight: 1")
            + "}");
    return yaml(one("plain", block), training);
  }

  private String yaml(String kind, List<String> training) {
    return "model: {block: "
        + kind
        + ", "
        + model
        + "}\ndata: {"
        + images
        + "}\ntraining: {"
        + String.join(", ", training)
        + "}\nbackend: {"
        + String.join(", ", backend())
        + "}\noutput: {folder: unused"
        + often(5, ", tensorboard: true")
        + "}\n";
  }

  private List<String> model() {
    List<String> keys = new ArrayList<>();
    keys.add("depths: [" + one("1, 1, 1, 1", "1, 2, 1, 1", "2, 1, 1, 2") + "]");
    keys.add(
        "widths: ["
            + one("4, 4, 4, 4, 8", "16, 16, 16, 16, 32", "8, 16, 16, 16, 16", "6, 10, 12, 7, 9")
            + "]");
    keys.add("strides: [" + one("1, 2, 2, 1, 1", "2, 2, 1, 1, 1", "1, 2, 2, 2, 1") + "]");
    String size = one("16, 16", "16, 16", "16, 24", "5, 9", "1, 1");
    keys.add("input: [" + (grey ? 1 : 3) + ", " + size + "]");
    some(keys, 4, "downsample: maxpool");
    some(keys, 8, "groups: 2");
    some(keys, 10, "squeezeExcitation: true");
    some(keys, block.equals("mobileone") ? 2 : 20, "convolutions: 2");
    some(keys, 8, "branches: " + one("dense-only", "without-identity", "without-pointwise", "all"));
    some(keys, 8, "batchNormEps: " + one("1e-3", "1e-12"));
    return keys;
  }

  private List<String> data() {
    List<String> keys = new ArrayList<>();
    String folder = data + one("/whole", "/whole", "/spoiled");
    keys.add(
        random.nextInt(6) == 0
            ? "path: '" + folder + "/train', split: {test: 0.3, seed: 2}"
            : "path: '" + folder + "'");
    keys.add("onBadImage: skip");
    if (grey) {
      keys.add("mean: [0.459], std: [0.226]");
    }
    some(keys, 3, "threads: " + one("1", "2", "3"));
    some(keys, 4, "cacheMiB: " + one("0", "1"));
    some(keys, 4, "cropFraction: 0.8");
    some(keys, 2, "augment: {" + String.join(", ", augment()) + "}");
    return keys;
  }

  private List<String> augment() {
    List<String> keys = new ArrayList<>();
    some(keys, 2, "crop: " + one("none", "padded", "resized"));
    some(keys, 3, "padding: " + one("1", "4", "15", "20"));
    some(keys, 3, "fill: " + one("black", "reflect"));
    some(keys, 2, "flip: " + one("none", "random", "alternating"));
    some(keys, 3, "policy: " + one("randaugment", "trivialaugment", "autoaugment-cifar"));
    some(keys, 4, "colourJitter: {brightness: 0.3, hue: 0.1}");
    some(keys, 3, "cutout: " + one("4", "16", "40"));
    some(keys, 4, "erasing: {probability: 1, value: " + one("mean", "noise") + "}");
    return keys;
  }

  private List<String> training() {
    List<String> keys = new ArrayList<>();
    keys.add("epochs: " + one("1", "2", "3", "4"));
    keys.add("batchSize: " + one("4", "7", "8", "16", "30", "200"));
    some(keys, 2, "learningRate: " + one("0.01", "0.1", "1e-3"));
    some(keys, 3, "seed: " + random.nextInt(100));
    some(keys, 2, "optimizer: " + optimizer());
    some(keys, 2, "schedule: {" + String.join(", ", schedule()) + "}");
    some(keys, 6, "batchSizeSchedule: [" + batchSizes() + "]");
    some(keys, 8, "loss: sigmoid");
    some(keys, 5, "balance: " + one("weights", "sampling"));
    some(keys, 3, "labelSmoothing: 0.1");
    some(keys, 4, "mixup: 0.3");
    some(keys, 4, "cutmix: 1");
    some(keys, 6, "emaDecay: " + one("0.5", "0.999"));
    some(keys, 4, "clipNorm: " + one("0.1", "10"));
    some(keys, 4, "accumulate: " + one("2", "3", "50"));
    some(keys, 3, "evaluateEvery: " + one("2", "9"));
    some(keys, 4, "keepCheckpoints: 1");
    some(keys, 6, "checkpointMinutes: " + one("0", "1e-4"));
    some(keys, 3, "select: last");
    some(keys, 6, "progressive: [" + one("{untilEpoch: 1, side: 8}", sides()) + "]");
    some(keys, 5, "patience: " + one("1", "2"));
    some(keys, 3, "init: dirac");
    some(keys, 8, "whitening: {" + one("", "patch: 2", "images: 3", "biasEpochs: 0") + "}");
    some(keys, 4, "lookahead: {" + one("", "every: 2", "rampPower: 3, startEpoch: 1") + "}");
    some(keys, 4, "biasRateFactor: " + one("0", "64"));
    some(keys, 20, "customL2: true");
    some(keys, 4, "testTimeAveraging: " + one("flip", "flip-translate"));
    return keys;
  }

  private String optimizer() {
    return one(
        "{type: sgd, momentum: 0, nesterov: false}",
        "{type: sgd, weightDecay: 0.05}",
        "{type: adamw}",
        "{type: muon}",
        "{type: muon, steps: 1, kernelScale: unit, rest: {type: sgd, momentum: 0}}",
        "{type: dl4j, updater: " + one("RmsProp", "Adam", "AdaDelta", "AMSGrad", "Sgd") + "}",
        "{type: dl4j, updater: Nesterovs, weightDecay: 0.01}");
  }

  private List<String> schedule() {
    List<String> keys = new ArrayList<>();
    keys.add(
        one(
            "type: constant",
            "type: step, every: 0.3",
            "type: step, everyIterations: 2",
            "type: multistep, milestones: [0.5, 1]",
            "type: multistep, milestoneIterations: [1, 2]",
            "type: polynomial, power: 2",
            "type: cosine, floor: 1e-3",
            "type: onecycle, rise: " + one("0", "0.9"),
            "type: triangle",
            "type: triangle, start: 1, peak: 0, end: 0"));
    some(keys, 3, one("warmupEpochs: 0.4", "warmupEpochs: 9", "warmupIterations: 3"));
    return keys;
  }

  private String batchSizes() {
    return one(
        "{epoch: 1, size: 16}",
        "{epoch: 0.5, size: 8}, {epoch: 1.5, size: 30}",
        "{iteration: 2, size: 40}");
  }

  private String sides() {
    return "{untilEpoch: 1, side: 8}, {untilEpoch: 2, side: " + one("12", "32") + "}";
  }

  private List<String> backend() {
    List<String> keys = new ArrayList<>();
    keys.add("accelerate: " + one("auto", "auto", "off"));
    some(keys, 8, "precision: bf16");
    some(keys, 3, "convolutions: " + one("direct", "winograd"));
    return keys;
  }

  private void some(List<String> keys, int everyNth, String key) {
    if (random.nextInt(everyNth) == 0) {
      keys.add(key);
    }
  }

  private String often(int everyNth, String text) {
    return random.nextInt(everyNth) == 0 ? text : "";
  }

  private String one(String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
