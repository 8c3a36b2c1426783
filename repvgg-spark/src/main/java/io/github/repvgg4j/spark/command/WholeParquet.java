package io.github.repvgg4j.spark.command;

import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Writes a table so that its folder exists only when it is whole. */
final class WholeParquet {

  private WholeParquet() {}

  /**
   * Fails early where a result must not go.
   *
   * @throws IOException when {@code target} exists
   */
  static void requireNew(SparkSession spark, String target) throws IOException {
    Path path = new Path(target);
    if (files(spark, path).exists(path)) {
      throw new IOException(target + ": exists already; give a new folder");
    }
  }

  /** Spark commits each task's file once; the folder gets its name after the job. */
  static void write(Dataset<Row> table, String target) throws IOException {
    requireNew(table.sparkSession(), target);
    FileSystem files = files(table.sparkSession(), new Path(target));
    Path path = files.makeQualified(new Path(target));
    Path temporary = new Path(path.getParent(), "." + path.getName() + ".partial");
    try {
      table.write().mode("overwrite").parquet(temporary.toString());
      if (!files.rename(temporary, path)) {
        throw new IOException(target + ": cannot be written");
      }
    } finally {
      files.delete(temporary, true);
    }
  }

  private static FileSystem files(SparkSession spark, Path path) throws IOException {
    return path.getFileSystem(spark.sparkContext().hadoopConfiguration());
  }
}
