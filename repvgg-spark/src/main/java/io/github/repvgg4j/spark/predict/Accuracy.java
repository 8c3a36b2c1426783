package io.github.repvgg4j.spark.predict;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.github.repvgg4j.text.Count;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How often the network is right, over the images that could be read.
 *
 * @param images all of them
 * @param errors images that could not be read
 * @param correct truth is the best class
 * @param correctInTop truth is among the top classes
 */
public record Accuracy(long images, long errors, long correct, long correctInTop) {

  /**
   * @param scored rows of {@link ImageScoring#SCHEMA}
   */
  public static Accuracy of(Dataset<Row> scored) {
    Row row =
        scored
            .agg(
                count(lit(1)),
                sum(col("error").isNotNull().cast("long")),
                sum(expr("cast(coalesce(label = truth, false) as long)")),
                sum(expr("cast(coalesce(exists(top, t -> t.label = truth), false) as long)")))
            .first();
    return new Accuracy(row.getLong(0), row.getLong(1), row.getLong(2), row.getLong(3));
  }

  /** Share of readable images whose best class is right. */
  public double top1() {
    return images == errors ? 0 : (double) correct / (images - errors);
  }

  /** Share of readable images whose class is among the top ones. */
  public double topK() {
    return images == errors ? 0 : (double) correctInTop / (images - errors);
  }

  /** One line. */
  public String summary(int topK) {
    return String.format(
        Locale.ROOT,
        "%s, %s, top-1 %.4f, top-%d %.4f",
        Count.of(images, "image"),
        Count.of(errors, "error"),
        top1(),
        topK,
        topK());
  }
}
