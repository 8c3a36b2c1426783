package io.github.repvgg4j.train;

import io.github.repvgg4j.answer.LabelFigures;
import io.github.repvgg4j.archive.ProjectVersion;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.train.config.ConfigDifference;
import io.github.repvgg4j.train.config.Loss;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.config.TrainingConfig;
import io.github.repvgg4j.train.loop.Evaluation;
import io.github.repvgg4j.train.run.EpochMetrics;
import io.github.repvgg4j.train.run.Measure;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The content of {@code result.json}. */
final class ResultFile {

  private ResultFile() {}

  static Map<String, Object> of(RunResult result, StepSource steps) {
    TrainConfig config = steps.job().config();
    TrainingConfig recipe = config.training();
    Map<String, Object> json = new LinkedHashMap<>();
    if (recipe.loss() == Loss.SOFTMAX) {
      json.put("top1", result.top1());
      json.put("lastTop1", result.lastTop1());
      result.best().ifPresent(best -> json.put("balancedAccuracy", best.balancedAccuracy()));
    } else {
      result.best().ifPresent(best -> putLabels(json, best));
    }
    if (recipe.measure() != Measure.TOP1) {
      json.put("chosenBy", recipe.measure().label());
    }
    json.put("seconds", result.seconds());
    json.put("epochs", result.epochs());
    json.put("bestEpoch", result.bestEpoch());
    json.put("parameters", result.parameters());
    json.put("seed", recipe.seed());
    json.put("preset", config.preset());
    json.put("differences", ConfigDifference.of(config));
    json.put("parametersSha256", sha256(steps.network().params()));
    json.put("acceleration", steps.job().acceleration());
    json.put("badImages", steps.badImages());
    json.put("versions", versions());
    return json;
  }

  private static void putLabels(Map<String, Object> json, EpochMetrics best) {
    json.put("meanAveragePrecision", best.meanAveragePrecision());
    json.put("microF1", best.microF1());
    json.put("macroF1", best.macroF1());
    json.put("exactMatch", best.exactMatch());
  }

  /**
   * What became of each class.
   *
   * @param evaluation of model.zip
   * @param trained images of each class that the network learned from
   */
  static List<Map<String, Object>> classes(
      Evaluation evaluation, List<String> labels, int[] trained) {
    double[] recalls = evaluation.recalls();
    List<Map<String, Object>> classes = new ArrayList<>();
    for (int c = 0; c < recalls.length; c++) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("class", labels.get(c));
      row.put("trainImages", trained[c]);
      row.put("testImages", evaluation.classImages()[c]);
      row.put("recall", Double.isNaN(recalls[c]) ? null : recalls[c]);
      if (evaluation instanceof Evaluation.SeveralClasses several) {
        LabelFigures.OneClass figures = several.labels().classes().get(c);
        row.put("precision", figures.precision());
        row.put("f1", figures.f1());
        row.put("averagePrecision", figures.averagePrecision());
      }
      classes.add(row);
    }
    return classes;
  }

  private static Map<String, String> versions() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("program", ProjectVersion.program());
    versions.put("nd4jBackend", Nd4j.getBackend().getClass().getSimpleName());
    versions.put("java", System.getProperty("java.version"));
    versions.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    versions.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    return versions;
  }

  /** Of the last weights, float32 big endian: equal runs have equal hashes. */
  private static String sha256(INDArray parameters) {
    MessageDigest digest = Sha256.digest();
    ByteBuffer bytes = ByteBuffer.allocate(4 << 16);
    float[] values = parameters.toFloatVector();
    for (int from = 0; from < values.length; from += 1 << 16) {
      int count = Math.min(1 << 16, values.length - from);
      bytes.clear();
      bytes.asFloatBuffer().put(values, from, count);
      digest.update(bytes.array(), 0, 4 * count);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
