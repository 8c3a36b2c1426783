package io.github.repvgg4j.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * A Spark cluster of two executor processes with one core each, on loopback. It starts once for all
 * tests of this JVM and ends with it.
 */
public final class TestCluster {

  /** Quick to start. */
  private static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  private static SparkSession session;

  private TestCluster() {}

  /** The running cluster; do not stop it. */
  public static synchronized SparkSession session() {
    if (session == null) {
      session = start("local-cluster[2,1,1024]", SHORT_LIVED);
    }
    return session;
  }

  /** Starts it with other options of the executors' JVMs; it must not run yet. */
  static synchronized void startWith(String executorOptions) {
    if (session != null) {
      throw new IllegalStateException("the cluster runs already; run this test alone");
    }
    session = start("local-cluster[2,1,1024]", executorOptions);
  }

  public static JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(session().sparkContext());
  }

  private static SparkSession start(String master, String executorOptions) {
    try {
      Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return SparkSession.builder()
        .master(master)
        .appName("tests")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .config("spark.executorEnv.OMP_NUM_THREADS", "1")
        .config("spark.executor.extraJavaOptions", executorOptions)
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate();
  }
}
