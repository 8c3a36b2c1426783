package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.deploy.Models;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.spec.BlockNames;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code predict --explain}: maps of both forms by both engines, and what is written where. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExplainedPredictionTest {

  private Path folder;
  private Path fast;
  private Path red;

  @BeforeAll
  void makeFiles(@TempDir Path temp) throws IOException {
    folder = temp;
    fast = Models.fastZip(folder);
    red = Models.image(folder.resolve("photos/red.png"), 0xff0000, 1);
    Models.image(folder.resolve("photos/deep/blue.png"), 0x0000ff, 2);
  }

  private static Cli predict(Object... words) {
    List<Object> all = new ArrayList<>(List.of("predict"));
    all.addAll(List.of(words));
    return Cli.run(all.toArray());
  }

  /** DL4J's features of the training form times its weights, by ND4J. */
  private INDArray product(int index) throws IOException {
    ComputationGraph graph = Models.training();
    String last = graph.getConfiguration().getVertexInputs().get(BlockNames.POOL).get(0);
    INDArray features = graph.output(List.of(last), false, new INDArray[] {input()}, null)[0];
    INDArray weights = graph.getLayer(BlockNames.LINEAR).getParam("W").getColumn(index, true);
    return weights.transpose().mmul(features.reshape('c', features.size(1), -1));
  }

  private INDArray input() throws IOException {
    ImagePreprocessor preprocessor =
        new ImagePreprocessor(Preprocessing.IMAGENET, Models.SPEC.input());
    return Floats.array(preprocessor.apply(ImageReader.read(red)), preprocessor.shape(1));
  }

  @ParameterizedTest
  @CsvSource({"model.zip, dl4j", "fast.zip, dl4j", "fast.zip, fast"})
  void mapIsTheProductAndItsMeanWithTheBiasTheLogit(String file, String engine) throws IOException {
    Path picture = folder.resolve(engine + "-" + file + ".png");
    Cli run =
        predict(
            folder.resolve(file),
            red,
            "--engine",
            engine,
            "--explain",
            picture,
            "--class",
            "owl",
            "--json");
    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode answer = new ObjectMapper().readTree(run.out()).get(0);
    assertThat(answer.get("top")).hasSize(3);
    JsonNode explanation = answer.get("explanation");
    assertThat(explanation.get("index").asInt()).isEqualTo(2);
    assertThat(explanation.get("label").asText()).isEqualTo("owl");
    INDArray expected = product(2);
    double scale = expected.amaxNumber().doubleValue();
    assertThat(scale).isPositive();
    List<Double> map = new ArrayList<>();
    explanation.get("map").forEach(row -> row.forEach(number -> map.add(number.asDouble())));
    assertThat(map).hasSize((int) expected.length());
    for (int i = 0; i < map.size(); i++) {
      assertThat(map.get(i)).isCloseTo(expected.getDouble(i), within(1e-5 * scale));
    }
    double mean = map.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    double logit = Logits.of(Models.training(), input()).getDouble(0, 2);
    assertThat(mean + explanation.get("bias").asDouble())
        .isCloseTo(logit, within(1e-5 * (Math.abs(logit) + scale)))
        .isCloseTo(explanation.get("logit").asDouble(), within(1e-9));
    BufferedImage drawn = ImageIO.read(picture.toFile());
    assertThat(drawn.getWidth()).as("two pictures of 9 x 32 pixels").isGreaterThan(2 * 288);
  }

  @Test
  void severalImagesMakeOneSheetAndEachIsExplainedByItsLikeliestClass() throws IOException {
    Path sheet = folder.resolve("new/sheet.png");
    Cli run = predict(fast, folder.resolve("photos"), "--explain", sheet, "--top", 1);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out().lines()).hasSize(3);
    BufferedImage two = ImageIO.read(sheet.toFile());
    predict(fast, red, "--explain", folder.resolve("new/one.png"));
    BufferedImage one = ImageIO.read(folder.resolve("new/one.png").toFile());
    assertThat((long) two.getWidth() * two.getHeight())
        .isGreaterThan((long) one.getWidth() * one.getHeight() * 3 / 2);
    assertThat(predict(fast, red, "--json").out()).doesNotContain("explanation");
  }

  @Test
  void pictureThatExistsIsReplacedOnlyOnRequest() throws IOException {
    Path picture = Files.writeString(folder.resolve("there.png"), "not ours");
    assertThat(predict(fast, red, "--explain", picture))
        .isEqualTo(new Cli(1, "", "error: " + picture + ": exists already; --force replaces it\n"));
    assertThat(picture).hasContent("not ours");
    assertThat(predict(fast, red, "--explain", picture, "--force").exitCode()).isZero();
    assertThat(ImageIO.read(picture.toFile())).isNotNull();
  }

  @Test
  void pictureNeverTakesThePlaceOfAnImage() throws IOException {
    String before = Sha256.of(red);
    for (Path given : List.of(red, folder.resolve("photos"))) {
      Cli run = predict(fast, given, "--explain", red, "--force");
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains(red + ": is the input itself");
      assertThat(Sha256.of(red)).isEqualTo(before);
    }
  }

  @Test
  void badImagesAreNamedAndTheOthersExplained() throws IOException {
    Path none = folder.resolve("none.png");
    Path picture = folder.resolve("without.png");
    Cli run = predict(fast, none, red, "--explain", picture, "--json");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("error: " + none + ": ");
    JsonNode answers = new ObjectMapper().readTree(run.out());
    assertThat(answers.get(0).has("error")).isTrue();
    assertThat(answers.get(0).has("explanation")).isFalse();
    assertThat(answers.get(1).get("explanation").get("map")).isNotEmpty();
    assertThat(picture).exists();
    Path nothing = folder.resolve("nothing.png");
    assertThat(predict(fast, none, "--explain", nothing).exitCode()).isEqualTo(1);
    assertThat(nothing).doesNotExist();
  }

  @Test
  void classesAreNamedOrNumberedAndOthersRefused() throws IOException {
    Path picture = folder.resolve("class.png");
    Cli run = predict(fast, red, "--explain", picture, "--class", "1", "--json");
    assertThat(
            new ObjectMapper().readTree(run.out()).get(0).get("explanation").get("label").asText())
        .isEqualTo("dog");
    for (String unknown : List.of("cow", "3", "-1", "")) {
      Path other = folder.resolve("unknown.png");
      assertThat(predict(fast, red, "--explain", other, "--class", unknown).err())
          .isEqualTo(
              "error: " + fast + ": has no class '" + unknown + "'; it knows cat, dog, owl\n");
      assertThat(other).doesNotExist();
    }
  }

  @Test
  void optionsThatSayNothingWithoutAPictureAreWrongUsage() {
    assertThat(predict(fast, red, "--class", "cat").exitCode()).isEqualTo(2);
    assertThat(predict(fast, red, "--force").err()).contains("--force needs --explain FILE.png");
    assertThat(predict(fast, red, "--explain", folder.resolve("a.jpg")).err())
        .contains("the picture's name must end in .png");
  }

  @Test
  void networkOfAnotherEndIsRefusedByBothEngines() throws IOException {
    MultiLayerNetwork flat =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).name("conv").stride(4, 4).nOut(4).build())
                .layer(
                    new OutputLayer.Builder()
                        .name("out")
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(32, 32, 3))
                .build());
    flat.init();
    Path zip = folder.resolve("flat.zip");
    ModelZipWriter.of(
            flat,
            ModelMetadata.of(Form.FAST, Models.SPEC)
                .withLabels(Models.LABELS)
                .withPreprocessing(Preprocessing.IMAGENET))
        .write(zip);
    for (String engine : List.of("dl4j", "fast")) {
      Path picture = folder.resolve("flat.png");
      Cli run = predict(zip, red, "--engine", engine, "--explain", picture);
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err())
          .startsWith("error: " + zip + ": has no class activation maps, which need a linear layer")
          .contains("'conv'")
          .hasLineCount(1);
      assertThat(picture).doesNotExist();
      assertThat(predict(zip, red, "--engine", engine).exitCode()).isZero();
    }
  }
}
