package io.github.repvgg4j.train.config;

import io.github.repvgg4j.accelerate.chain.Distillation;
import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Limits;

/**
 * Another network whose answers are learned beside the labels: knowledge distillation.
 *
 * @param path the teacher: model.zip of a run or of import-weights, a fast zip, or an ONNX file;
 *     relative to the working directory
 * @param sha256 of that file; filled in by the run, and checked where it is given
 * @param weight the teacher's share of the loss, the rest is that of the labels
 * @param temperature by which both networks' logits are divided for the teacher's share
 * @param cache what of its answers is kept
 */
public record TeacherConfig(
    @Limit(required = true, path = true, example = "runs/large/model.zip") String path,
    String sha256,
    @Limit(above = 0, max = 1) Double weight,
    @Limit(above = 0) Double temperature,
    Cache cache) {

  private static final Limits LIMITS = Limits.of(TeacherConfig.class);

  /** What of a teacher's answers is kept. */
  public enum Cache {
    /** Nothing: the teacher sees each batch as the student does. */
    NONE,
    /** Its logits of each training image, seen once and without augmentation. */
    IMAGES
  }

  public TeacherConfig {
    path = LIMITS.value("path", path);
    weight = LIMITS.value("weight", weight, 0.9);
    temperature = LIMITS.value("temperature", temperature, 4.0);
    cache = LIMITS.value("cache", cache, Cache.NONE);
  }

  public TeacherConfig withSha256(String hash) {
    return new TeacherConfig(path, hash, weight, temperature, cache);
  }

  public Distillation distillation() {
    return new Distillation(weight, temperature);
  }
}
