package io.github.repvgg4j.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.answer.TopClass;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.image.ImageClassifier;
import io.github.repvgg4j.spec.InputShape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers over HTTP are those of the runtime called directly. */
class AnswersTest {

  private static final InputShape SHAPE = TestModels.SPEC.input();

  @TempDir static Path folder;
  private static RunningServer running;
  private static Client client;
  private static FastNetwork network;
  private static ImageClassifier classifier;

  @BeforeAll
  static void start() throws IOException {
    running = new RunningServer(folder, options -> options.convolutions(Convolutions.DIRECT));
    client = running.client();
    Path zip = folder.resolve("net.zip");
    network = FastNetwork.load(zip, RuntimeOptions.of(Precision.FP32));
    classifier = ImageClassifier.load(zip, RuntimeOptions.of(Precision.FP32));
  }

  @AfterAll
  static void end() {
    running.close();
    network.close();
    classifier.close();
  }

  private static String json(float[] values, String shape) {
    return "{\"id\":\"a\\\"b\",\"inputs\":[{\"data\":"
        + Arrays.toString(values)
        + ",\"shape\":"
        + shape
        + ",\"datatype\":\"FP32\",\"name\":\"images\"}]}";
  }

  private static float[] floats(JsonNode data) {
    float[] values = new float[data.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) data.get(i).asDouble();
    }
    return values;
  }

  @Test
  void tensorsInJsonHaveTheRuntimesLogitsToTheBit() throws Exception {
    float[] image = TestModels.tensor(1, 3);
    JsonNode answer = Client.json(client.infer("net", json(image, "[1,3,32,32]")));
    assertThat(answer.path("id").asText()).isEqualTo("a\"b");
    assertThat(answer.path("model_name").asText()).isEqualTo("net");
    assertThat(answer.path("model_version").asText()).isEqualTo("1");
    JsonNode logits = answer.path("outputs").get(0);
    assertThat(logits.path("name").asText()).isEqualTo("logits");
    assertThat(logits.path("shape").toString()).isEqualTo("[1,10]");
    float[] expected = network.logits(image, 1, SHAPE);
    assertThat(floats(logits.path("data"))).isEqualTo(expected);
    double[] probabilities = network.head().of(expected);
    float[] answered = floats(answer.path("outputs").get(1).path("data"));
    for (int i = 0; i < answered.length; i++) {
      assertThat(answered[i]).isEqualTo((float) probabilities[i]);
    }
  }

  @Test
  void tensorsInBinaryHaveTheRuntimesLogitsToTheBit() throws Exception {
    float[] image = TestModels.tensor(1, 4);
    assertThat(client.logits("net", image, 1)).isEqualTo(network.logits(image, 1, SHAPE));
  }

  @Test
  void manyImagesOfARequestKeepTheirOrder() throws Exception {
    int count = 37;
    float[] images = TestModels.tensor(count, 5);
    float[] answered = client.logits("net", images, count);
    requireClose(answered, images, count);
  }

  private static void requireClose(float[] answered, float[] images, int count) {
    int length = images.length / count;
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < count; i++) {
      float[] one = Arrays.copyOfRange(images, i * length, (i + 1) * length);
      float[] expected = network.logits(one, 1, SHAPE);
      for (int c = 0; c < expected.length; c++) {
        largest = Math.max(largest, Math.abs(expected[c]));
        difference = Math.max(difference, Math.abs(expected[c] - answered[10 * i + c]));
      }
    }
    assertThat(difference / largest).isLessThan(1e-6);
  }

  @Test
  void requestsAtTheSameTimeAreComputedTogetherAndAnsweredApart() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(16);
    try {
      List<Callable<Void>> calls = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        float[] image = TestModels.tensor(1, 100 + i);
        calls.add(
            () -> {
              requireClose(client.logits("net", image, 1), image, 1);
              return null;
            });
      }
      for (Future<Void> done : callers.invokeAll(calls)) {
        done.get();
      }
    } finally {
      callers.shutdown();
    }
  }

  @Test
  void imagesHaveTheClassifiersAnswersHoweverTheyAreSent() throws Exception {
    byte[] png = TestModels.png(50, 40, 6);
    List<TopClass> expected = classifier.classify("image", png, 3);
    byte[] form =
        bytes(
            "--XX\r\nContent-Disposition: form-data; name=\"top\"\r\n\r\n3\r\n"
                + "--XX\r\nContent-Disposition: form-data; name=\"data\"; filename=\"a.png\"\r\n"
                + "Content-Type: image/png\r\n\r\n",
            png,
            "\r\n--XX--\r\n");
    String path = "/predictions/net?top=3";
    requireTop(client.post(path, png), expected);
    requireTop(client.post(path, png, "Content-Type", "image/png"), expected);
    requireTop(client.post("/predictions/net/1?top=3", png), expected);
    requireTop(client.send("PUT", path, png), expected);
    requireTop(
        client.post(path, form, "Content-Type", "multipart/form-data; boundary=XX"), expected);
    assertThat(Client.json(client.post("/predictions/net", png))).hasSize(5);
  }

  private static byte[] bytes(String before, byte[] middle, String after) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(before.getBytes(StandardCharsets.ISO_8859_1));
    bytes.writeBytes(middle);
    bytes.writeBytes(after.getBytes(StandardCharsets.ISO_8859_1));
    return bytes.toByteArray();
  }

  private static void requireTop(HttpResponse<byte[]> response, List<TopClass> expected) {
    assertThat(response.statusCode()).as(Client.text(response)).isEqualTo(200);
    JsonNode answer = Client.json(response);
    assertThat(answer).hasSize(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(answer.get(i).path("className").asText()).isEqualTo(expected.get(i).label());
      assertThat(answer.get(i).path("probability").asDouble())
          .isEqualTo(expected.get(i).probability());
    }
  }

  @Test
  void encodedImagesAreTensorsOfBytes() throws Exception {
    byte[] first = TestModels.png(50, 40, 7);
    byte[] second = TestModels.png(33, 90, 8);
    ByteBuffer tail =
        ByteBuffer.allocate(8 + first.length + second.length).order(ByteOrder.LITTLE_ENDIAN);
    tail.putInt(first.length).put(first).putInt(second.length).put(second);
    String head = "{\"inputs\":[{\"name\":\"encoded_images\",\"datatype\":\"BYTES\",\"shape\":[2],";
    String outputs =
        "\"outputs\":[{\"name\":\"probabilities\",\"parameters\":{\"classification\":1}}]}";
    List<String> expected = new ArrayList<>();
    for (byte[] image : List.of(first, second)) {
      TopClass top = classifier.classify("image", image, 1).get(0);
      float value = (float) (double) top.probability();
      expected.add(value + ":" + top.index() + ":" + top.label());
    }
    HttpResponse<byte[]> binary =
        client.infer(
            "net",
            head + "\"parameters\":{\"binary_data_size\":" + tail.capacity() + "}}]," + outputs,
            tail.array());
    Base64.Encoder base64 = Base64.getEncoder();
    String texts =
        "[\"" + base64.encodeToString(first) + "\",\"" + base64.encodeToString(second) + "\"]";
    HttpResponse<byte[]> text = client.infer("net", head + "\"data\":" + texts + "}]," + outputs);
    for (HttpResponse<byte[]> response : List.of(binary, text)) {
      JsonNode output = Client.json(response).path("outputs").get(0);
      assertThat(output.path("datatype").asText()).isEqualTo("BYTES");
      assertThat(output.path("shape").toString()).isEqualTo("[2,1]");
      List<String> answered = new ArrayList<>();
      output.path("data").forEach(each -> answered.add(each.asText()));
      assertThat(answered).hasSize(2);
      for (int i = 0; i < 2; i++) { // of a batch of two, perhaps
        assertThat(answered.get(i).replaceFirst("[^:]*", ""))
            .isEqualTo(expected.get(i).replaceFirst("[^:]*", ""));
        assertThat(Float.parseFloat(answered.get(i).split(":")[0]))
            .isCloseTo(
                Float.parseFloat(expected.get(i).split(":")[0]),
                org.assertj.core.data.Offset.offset(1e-5f));
      }
    }
  }

  @Test
  void theServerSaysWhatItServes() throws Exception {
    assertThat(Client.json(client.get("/v2")).path("name").asText()).isEqualTo("repvgg-serve");
    assertThat(client.get("/v2/health/live").statusCode()).isEqualTo(200);
    assertThat(client.get("/v2/health/ready").statusCode()).isEqualTo(200);
    assertThat(client.get("/v2/models/net/ready").statusCode()).isEqualTo(200);
    assertThat(Client.text(client.get("/v2/models")))
        .isEqualTo("{\"models\":[{\"name\":\"net\",\"versions\":[\"1\"]}]}");
    JsonNode model = Client.json(client.get("/v2/models/net/versions/1"));
    assertThat(model.path("inputs").get(0).path("shape").toString()).isEqualTo("[-1,3,32,32]");
    assertThat(model.path("outputs").get(1).path("shape").toString()).isEqualTo("[-1,10]");
    assertThat(model.path("parameters").path("certificate").path("verdict").asText())
        .isEqualTo("within_bound");
    assertThat(model.path("parameters").path("self_check").asText())
        .startsWith("differs from Deeplearning4j by ");
  }
}
