package io.github.repvgg4j.spark.predict;

import io.github.repvgg4j.spark.images.ImageBytes;
import io.github.repvgg4j.spark.images.ImageRef;
import io.github.repvgg4j.spark.images.ImageSet;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/** Scores image sets and tables with a column of encoded images. */
public final class ImageScoring {

  /** Path, truth where the folder tells it, then {@link Prediction#SCHEMA}. */
  public static final StructType SCHEMA = schema();

  private ImageScoring() {}

  private static StructType schema() {
    StructType schema =
        new StructType().add("path", DataTypes.StringType).add("truth", DataTypes.StringType);
    for (StructField field : Prediction.SCHEMA.fields()) {
      schema = schema.add(field);
    }
    return schema;
  }

  /**
   * One row of {@link #SCHEMA} for each image; an image that cannot be used is a row with an error.
   * Nothing is read before an action on the result.
   *
   * @param partitions tasks; the result does not depend on it
   */
  public static Dataset<Row> score(
      SparkSession spark, ImageSet images, Scoring scoring, int partitions) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> hadoop =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    JavaRDD<Row> rows =
        context
            .parallelize(images.images(), partitions)
            .mapPartitions(
                refs -> {
                  Configuration configuration = hadoop.value().value();
                  return new BatchedScoring<ImageRef>(
                      scoring, refs, ref -> ImageBytes.read(ref, configuration), ImageScoring::row);
                });
    return spark.createDataFrame(rows, SCHEMA);
  }

  private static Row row(ImageRef image, Prediction prediction) {
    Row said = prediction.toRow();
    String path =
        image.length() == ImageRef.WHOLE_FILE ? image.file() : image.file() + "#" + image.name();
    return RowFactory.create(
        path,
        image.label().isEmpty() ? null : image.label(),
        said.get(0),
        said.get(1),
        said.get(2));
  }

  /**
   * The table with one more column, a struct of {@link Prediction#SCHEMA}.
   *
   * @param inputColumn encoded images (JPEG, PNG, BMP), as Spark's {@code binaryFile} source gives
   */
  public static Dataset<Row> score(
      Dataset<Row> table, String inputColumn, String outputColumn, Scoring scoring) {
    StructType schema = table.schema().add(outputColumn, Prediction.SCHEMA);
    int input = table.schema().fieldIndex(inputColumn);
    return table.mapPartitions(
        (org.apache.spark.api.java.function.MapPartitionsFunction<Row, Row>)
            rows ->
                new BatchedScoring<Row>(
                    scoring, rows, row -> (byte[]) row.get(input), ImageScoring::append),
        Encoders.row(schema));
  }

  private static Row append(Row row, Prediction prediction) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      values.add(row.get(i));
    }
    values.add(prediction.toRow());
    return RowFactory.create(values.toArray());
  }
}
