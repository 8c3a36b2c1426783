package io.github.repvgg4j.spark.command;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which cluster, shared by all commands. */
final class ClusterOptions {

  @Option(
      names = "--master",
      paramLabel = "URL",
      description =
          "local[N], local-cluster[EXECUTORS,CORES,MB], spark://HOST:PORT, yarn or k8s://...;"
              + " spark-submit gives it with its own --master.")
  private String master;

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description = "A setting of Spark; may be given several times.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** A session that ends with the command, unless the program that calls it had one already. */
  record Cluster(SparkSession spark, boolean owned) implements AutoCloseable {

    @Override
    public void close() {
      if (owned) {
        spark.stop();
      }
    }
  }

  Cluster open() {
    if (SparkSession.getDefaultSession().isDefined()) {
      return new Cluster(SparkSession.builder().getOrCreate(), false);
    }
    return new Cluster(SparkSession.builder().config(settings()).getOrCreate(), true);
  }

  private SparkConf settings() {
    SparkConf conf = new SparkConf(); // holds what spark-submit was told
    if (master != null) {
      conf.setMaster(master);
    }
    if (!conf.contains("spark.master")) {
      throw new ParameterException(commandLine(), "no cluster given; add --master local[2]");
    }
    settings.forEach(conf::set);
    conf.setIfMissing("spark.app.name", "repvgg " + spec.name());
    // Arrays of ND4J and our records travel by Java serialization; Kryo cannot write records.
    conf.set("spark.serializer", "org.apache.spark.serializer.JavaSerializer");
    conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", conf.get("spark.task.cpus", "1"));
    conf.setIfMissing("spark.ui.enabled", "false");
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    if (isOnThisMachine(conf.get("spark.master"))) {
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
    }
    return conf;
  }

  private static boolean isOnThisMachine(String master) {
    return master.startsWith("local")
        || master.startsWith("spark://127.0.0.1:")
        || master.startsWith("spark://localhost:");
  }

  private CommandLine commandLine() {
    return spec.commandLine();
  }
}
