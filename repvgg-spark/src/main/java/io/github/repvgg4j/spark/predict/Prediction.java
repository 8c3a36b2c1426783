package io.github.repvgg4j.spark.predict;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What is said of one image: either classes or an error.
 *
 * @param top the most probable classes, best first; empty when there is an error
 * @param error one line, or null
 */
public record Prediction(List<Candidate> top, String error) {

  /** A class and its probability. */
  public record Candidate(String label, float probability) {}

  /** The predicted label, the top classes with their probabilities, the error. */
  public static final StructType SCHEMA =
      new StructType(
          new StructField[] {
            field("label", DataTypes.StringType),
            field(
                "top",
                DataTypes.createArrayType(
                    new StructType(
                        new StructField[] {
                          field("label", DataTypes.StringType),
                          field("probability", DataTypes.FloatType)
                        }))),
            field("error", DataTypes.StringType)
          });

  static StructField field(String name, org.apache.spark.sql.types.DataType type) {
    return DataTypes.createStructField(name, type, true);
  }

  static Prediction failed(String error) {
    return new Prediction(List.of(), error);
  }

  /** Ties go to the lower class index. */
  static Prediction of(double[] probabilities, SharedNetwork network, int topK) {
    List<Candidate> top = new ArrayList<>();
    IntStream.range(0, probabilities.length)
        .boxed()
        .sorted((a, b) -> Double.compare(probabilities[b], probabilities[a]))
        .limit(topK)
        .forEach(
            i -> top.add(new Candidate(network.metadata().label(i), (float) probabilities[i])));
    return new Prediction(top, null);
  }

  /** The best label, or null. */
  public String label() {
    return top.isEmpty() ? null : top.get(0).label();
  }

  /** As a row of {@link #SCHEMA}. */
  public Row toRow() {
    Row[] candidates =
        top.stream()
            .map(candidate -> RowFactory.create(candidate.label(), candidate.probability()))
            .toArray(Row[]::new);
    return RowFactory.create(label(), candidates, error);
  }
}
