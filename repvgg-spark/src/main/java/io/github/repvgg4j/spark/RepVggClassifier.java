package io.github.repvgg4j.spark;

import io.github.repvgg4j.deploy.predict.EngineChoice;
import io.github.repvgg4j.deploy.predict.EngineName;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.RuntimeOptions.WithoutVnni;
import io.github.repvgg4j.spark.predict.ImageScoring;
import io.github.repvgg4j.spark.predict.Prediction;
import io.github.repvgg4j.spark.predict.Scoring;
import io.github.repvgg4j.spark.predict.ShippedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A stage of a Spark ML pipeline that classifies encoded images (JPEG, PNG, BMP), such as the
 * column {@code content} of Spark's {@code binaryFile} source. The output column is a struct:
 * label, top (an array of label and probability, best first; output where the model's head gives no
 * probabilities), error. A broken image has an error and no label; it never fails the job.
 *
 * <p>The model is sent once to each executor and shared by its tasks. A saved pipeline keeps the
 * model's path, not the model: give one that every driver can read.
 */
public final class RepVggClassifier extends Transformer implements DefaultParamsWritable {

  private static final long serialVersionUID = 1L;

  private final String uid;
  private final Param<String> modelPath;
  private final Param<String> inputCol;
  private final Param<String> outputCol;
  private final Param<String> engine;
  private final Param<String> precision;
  private final Param<String> convolutions;
  private final Param<String> withoutVnni;
  private final IntParam batchSize;
  private final IntParam topK;

  public RepVggClassifier() {
    this(Identifiable$.MODULE$.randomUID("repvgg"));
  }

  /** Spark calls this when it loads a saved stage. */
  public RepVggClassifier(String uid) {
    this.uid = uid; // first: a parameter takes its owner's uid
    modelPath =
        new Param<>(this, "modelPath", "model zip: a local path or one of Hadoop's file systems");
    inputCol = new Param<>(this, "inputCol", "column of encoded images, binary");
    outputCol = new Param<>(this, "outputCol", "new column: struct of label, top, error");
    engine = new Param<>(this, "engine", "dl4j, or fast (the fast runtime, fast forms only)");
    precision = new Param<>(this, "precision", "of the engine fast: fp32, bf16 or int8");
    convolutions =
        new Param<>(
            this, "convolutions", "of the engine fast: fastest (measured), direct or winograd");
    withoutVnni =
        new Param<>(
            this,
            "withoutVnni",
            "of the precision int8, where an executor's CPU would not compute it exactly: refuse or"
                + " fp32");
    batchSize = new IntParam(this, "batchSize", "images a forward pass", ParamValidators.gtEq(1));
    topK = new IntParam(this, "topK", "classes in the output, best first", ParamValidators.gtEq(1));
    setDefault(inputCol, "content");
    setDefault(outputCol, "prediction");
    setDefault(engine, "dl4j");
    setDefault(precision, "fp32");
    setDefault(convolutions, "direct");
    setDefault(withoutVnni, "refuse");
    setDefault(batchSize, 16);
    setDefault(topK, 5);
  }

  @Override
  public String uid() {
    return uid;
  }

  public Param<String> modelPath() {
    return modelPath;
  }

  public Param<String> inputCol() {
    return inputCol;
  }

  public Param<String> outputCol() {
    return outputCol;
  }

  public Param<String> engine() {
    return engine;
  }

  public Param<String> precision() {
    return precision;
  }

  public Param<String> convolutions() {
    return convolutions;
  }

  public Param<String> withoutVnni() {
    return withoutVnni;
  }

  public IntParam batchSize() {
    return batchSize;
  }

  public IntParam topK() {
    return topK;
  }

  public RepVggClassifier setModelPath(String path) {
    set(modelPath, path);
    return this;
  }

  public RepVggClassifier setInputCol(String column) {
    set(inputCol, column);
    return this;
  }

  public RepVggClassifier setOutputCol(String column) {
    set(outputCol, column);
    return this;
  }

  /** {@code dl4j} or {@code fast}. */
  public RepVggClassifier setEngine(String name) {
    set(engine, name);
    return this;
  }

  /** {@code fp32}, or with the engine {@code fast} {@code bf16} or {@code int8}. */
  public RepVggClassifier setPrecision(String name) {
    set(precision, name);
    return this;
  }

  /**
   * {@code fastest}, or with the engine {@code fast} one that gives the same bits on all executors
   * with the same CPU: {@code direct} or {@code winograd}.
   */
  public RepVggClassifier setConvolutions(String name) {
    set(convolutions, name);
    return this;
  }

  /**
   * What {@code int8} does on executors whose CPU would not compute the file exactly: {@code
   * refuse} or {@code fp32}.
   */
  public RepVggClassifier setWithoutVnni(String name) {
    set(withoutVnni, name);
    return this;
  }

  public RepVggClassifier setBatchSize(int images) {
    set(batchSize, images);
    return this;
  }

  public RepVggClassifier setTopK(int classes) {
    set(topK, classes);
    return this;
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    if (!isSet(modelPath)) {
      throw new IllegalArgumentException("RepVggClassifier: set the path of a model zip first");
    }
    try {
      ShippedModel model =
          ShippedModel.of(
              dataset.sparkSession().sparkContext(),
              getOrDefault(modelPath),
              new EngineChoice(
                  valueOf(EngineName.class, engine),
                  valueOf(Precision.class, precision),
                  valueOf(Convolutions.class, convolutions),
                  valueOf(WithoutVnni.class, withoutVnni)));
      return ImageScoring.score(
          dataset.toDF(),
          getOrDefault(inputCol),
          getOrDefault(outputCol),
          new Scoring(model, intValue(batchSize), intValue(topK)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private <E extends Enum<E>> E valueOf(Class<E> type, Param<String> param) {
    String name = getOrDefault(param);
    return Arrays.stream(type.getEnumConstants())
        .filter(value -> value.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "RepVggClassifier: "
                        + param.name()
                        + ": one of "
                        + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT)
                        + ", got '"
                        + name
                        + "'"));
  }

  private int intValue(IntParam param) {
    return (Integer) getOrDefault(param);
  }

  @Override
  public StructType transformSchema(StructType schema) {
    String input = getOrDefault(inputCol);
    if (!Arrays.asList(schema.fieldNames()).contains(input)
        || !schema.apply(input).dataType().equals(DataTypes.BinaryType)) {
      throw new IllegalArgumentException(
          "RepVggClassifier: needs a binary column '"
              + input
              + "'; the table has "
              + schema.simpleString());
    }
    String output = getOrDefault(outputCol);
    if (Arrays.asList(schema.fieldNames()).contains(output)) {
      throw new IllegalArgumentException(
          "RepVggClassifier: the table has a column '"
              + output
              + "' already; set another outputCol");
    }
    return schema.add(output, Prediction.SCHEMA);
  }

  @Override
  public RepVggClassifier copy(ParamMap extra) {
    return (RepVggClassifier) this.<RepVggClassifier>defaultCopy(extra);
  }

  @Override
  public MLWriter write() {
    return new org.apache.spark.ml.util.DefaultParamsWriter(this);
  }

  /** Reads a saved stage; Spark finds this method by its name. */
  public static MLReader<RepVggClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads a saved stage. */
  public static RepVggClassifier load(String path) {
    return read().load(path);
  }
}
