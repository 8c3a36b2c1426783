package io.github.repvgg4j.spark.predict;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.deploy.predict.EngineChoice;
import io.github.repvgg4j.deploy.predict.EngineName;
import io.github.repvgg4j.machine.TemporaryFiles;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.runtime.image.ImageClassifier;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkFiles;

/**
 * A model zip on its way to the executors: Spark fetches it once for each of them ({@link
 * SparkFiles}), under a name made of its content, so that two models never mix.
 *
 * @param fileName what {@link SparkFiles} knows it by
 * @param origin where the user has it, for messages
 * @param engine who computes on the executors
 */
public record ShippedModel(String fileName, String origin, EngineChoice engine)
    implements Serializable {

  /** On the driver: application and file name of what Spark has already. */
  private static final Set<String> SENT = ConcurrentHashMap.newKeySet();

  /** On an executor: the networks. */
  private static final ConcurrentHashMap<ShippedModel, ImageClassifier> LOADED =
      new ConcurrentHashMap<>();

  /**
   * Reads the model on the driver, so that a wrong one fails before any task starts, and hands it
   * to Spark.
   *
   * @param location a local path, or one of Hadoop's file systems
   * @throws IOException one line: which file, what is wrong with it
   */
  public static ShippedModel of(SparkContext spark, String location, EngineChoice engine)
      throws IOException {
    Path folder = TemporaryFiles.folder("repvgg-model");
    Path copy = folder.resolve("model.zip");
    fetch(spark, location, copy);
    Path named = folder.resolve(Sha256.of(copy) + ".zip");
    Files.move(copy, named);
    folder.toFile().deleteOnExit();
    named.toFile().deleteOnExit();
    try {
      check(location, ModelZip.readMetadata(named), engine.engine());
    } catch (IOException e) {
      throw new IOException(e.getMessage().replace(named.toString(), location), e);
    }
    if (SENT.add(spark.applicationId() + named.getFileName())) {
      spark.addFile(named.toUri().toString());
    } else {
      Files.delete(named);
    }
    return new ShippedModel(named.getFileName().toString(), location, engine);
  }

  private static void fetch(SparkContext spark, String location, Path copy) throws IOException {
    if (!location.contains(":") && new File(location).isFile()) {
      Files.copy(Paths.get(location), copy);
      return;
    }
    org.apache.hadoop.fs.Path remote = new org.apache.hadoop.fs.Path(location);
    try (InputStream in = remote.getFileSystem(spark.hadoopConfiguration()).open(remote)) {
      Files.copy(in, copy);
    } catch (java.io.FileNotFoundException e) {
      throw new IOException(location + ": no such file", e);
    }
  }

  private static void check(String location, ModelMetadata metadata, EngineName engine)
      throws IOException {
    if (engine == EngineName.FAST && metadata.form() != ModelMetadata.Form.FAST) {
      throw new IOException(
          location + ": is a training form; convert it first, or take the engine DL4J");
    }
    if (metadata.spec().isEmpty() || metadata.preprocessing().isEmpty()) {
      throw new IOException(
          location
              + ": does not say how images are prepared for it; give a zip of repvgg-train or"
              + " repvgg-deploy convert");
    }
  }

  /** On an executor: the network, loaded at the first call. */
  ImageClassifier network() {
    return LOADED.computeIfAbsent(
        this, model -> SharedNetwork.load(Paths.get(SparkFiles.get(fileName)), model));
  }
}
