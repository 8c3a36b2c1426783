package com.example;

import com.example.Snippets.Given;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.nd4j.linalg.factory.Nd4j;

/** Deeplearning4j alone, with one platform's natives: no class of ours. */
public final class Stock {

  public static void main(String[] arguments) throws Exception {
    if (Stock.class.getClassLoader().getResource("io/github/repvgg4j") != null) {
      throw new AssertionError("classes of repvgg4j are on the class path");
    }
    Files.copy(Path.of("../train/fast.zip"), Path.of("fast.zip"), StandardCopyOption.REPLACE_EXISTING);
    List<String> imports =
        List.of(
            "java.io.File",
            "org.deeplearning4j.nn.multilayer.MultiLayerNetwork",
            "org.deeplearning4j.util.ModelSerializer",
            "org.nd4j.linalg.api.ndarray.INDArray",
            "org.nd4j.linalg.dataset.api.preprocessor.DataNormalization");
    List<Given> givens = List.of(new Given("INDArray", "images", Nd4j.rand(2, 3, 16, 16)));
    new Snippets("stock", imports, givens).runAll(Path.of(arguments[0]));
  }
}
