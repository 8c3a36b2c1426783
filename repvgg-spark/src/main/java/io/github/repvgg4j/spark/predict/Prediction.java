package io.github.repvgg4j.spark.predict;

import io.github.repvgg4j.answer.TopClass;
import java.util.List;
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

  static Prediction of(List<TopClass> top) {
    return new Prediction(
        top.stream().map(each -> new Candidate(each.label(), (float) each.value())).toList(), null);
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
