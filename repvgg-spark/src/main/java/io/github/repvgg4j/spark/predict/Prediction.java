package io.github.repvgg4j.spark.predict;

import io.github.repvgg4j.answer.TopClass;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What is said of one image: either classes or an error.
 *
 * @param top the likeliest classes, best first; empty when there is an error
 * @param error one line, or null
 */
public record Prediction(List<TopClass> top, String error) {

  /**
   * The predicted label; the top classes, each with its probability, or with its output where the
   * model's head gives no probabilities, the other being null; the error.
   */
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
                          field("probability", DataTypes.FloatType),
                          field("output", DataTypes.FloatType)
                        }))),
            field("error", DataTypes.StringType)
          });

  private static StructField field(String name, DataType type) {
    return DataTypes.createStructField(name, type, true);
  }

  static Prediction failed(String error) {
    return new Prediction(List.of(), error);
  }

  static Prediction of(List<TopClass> top) {
    return new Prediction(top, null);
  }

  /** The best label, or null. */
  public String label() {
    return top.isEmpty() ? null : top.get(0).label();
  }

  /** As a row of {@link #SCHEMA}. */
  public Row toRow() {
    Row[] classes =
        top.stream()
            .map(c -> RowFactory.create(c.label(), number(c.probability()), number(c.output())))
            .toArray(Row[]::new);
    return RowFactory.create(label(), classes, error);
  }

  private static Float number(Double value) {
    return value == null ? null : value.floatValue();
  }
}
