package com.example;

import com.example.Snippets.Given;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.train.GeneratedData;
import io.github.repvgg4j.train.RunListener;
import io.github.repvgg4j.train.Training;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.datavec.api.records.reader.impl.collection.CollectionRecordReader;
import org.datavec.api.writable.IntWritable;
import org.datavec.api.writable.NDArrayWritable;
import org.datavec.api.writable.Writable;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Trains two epochs on generated images; the pages' snippets convert the model and use it. */
public final class Train {

  public static void main(String[] arguments) throws Exception {
    for (String name : List.of("ch.qos.logback.classic.Logger", "picocli.CommandLine")) {
      if (Train.class.getClassLoader().getResource(name.replace('.', '/') + ".class") != null) {
        throw new AssertionError(name + " is on the class path of a program that embeds us");
      }
    }
    TrainConfig config = GeneratedData.in(ConfigFiles.read(Path.of("tiny.yaml")));
    Training.run(config, RunListener.SILENT);
    Path model = Path.of("model.zip");
    Files.copy(Path.of("target/run/model.zip"), model, StandardCopyOption.REPLACE_EXISTING);
    ComputationGraph graph = ComputationGraph.load(model.toFile(), true);
    int classes = 10;
    new Snippets("train", imports(), givens(graph, classes)).runAll(Path.of(arguments[0]));
    if (!Files.exists(Path.of("fast.zip"))) {
      throw new AssertionError("no snippet made fast.zip");
    }
  }

  private static List<Given> givens(ComputationGraph graph, int classes) {
    return List.of(
        new Given("ComputationGraph", "graph", graph),
        new Given("ComputationGraph", "network", graph),
        new Given("RecordReader", "reader", records(classes)),
        new Given("int", "classes", classes),
        new Given("INDArray", "image", Nd4j.rand(1, 3, 16, 16)),
        new Given("INDArray", "images", Nd4j.rand(2, 3, 16, 16)),
        new Given("OutputLayer", "newHead", head(graph)));
  }

  private static CollectionRecordReader records(int classes) {
    List<List<Writable>> records = new ArrayList<>();
    for (int i = 0; i < 2 * classes; i++) {
      records.add(
          List.of(new NDArrayWritable(Nd4j.rand(1, 3, 16, 16)), new IntWritable(i % classes)));
    }
    return new CollectionRecordReader(records);
  }

  private static OutputLayer head(ComputationGraph graph) {
    long features = graph.getLayer(BlockNames.LINEAR).getParam("W").size(0);
    return new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
        .nIn(features)
        .nOut(3)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static List<String> imports() {
    return List.of(
        "io.github.repvgg4j.accelerate.*",
        "io.github.repvgg4j.deploy.convert.*",
        "io.github.repvgg4j.layer.*",
        "io.github.repvgg4j.model.*",
        "io.github.repvgg4j.onednn.*",
        "io.github.repvgg4j.rewrite.*",
        "io.github.repvgg4j.runtime.*",
        "io.github.repvgg4j.spec.*",
        "java.io.File",
        "java.nio.file.Path",
        "java.util.*",
        "org.datavec.api.records.reader.RecordReader",
        "org.deeplearning4j.datasets.datavec.RecordReaderDataSetIterator",
        "org.deeplearning4j.nn.conf.layers.OutputLayer",
        "org.deeplearning4j.nn.graph.ComputationGraph",
        "org.deeplearning4j.nn.transferlearning.TransferLearning",
        "org.deeplearning4j.parallelism.ParallelInference",
        "org.deeplearning4j.parallelism.inference.InferenceMode",
        "org.nd4j.linalg.api.ndarray.INDArray");
  }
}
