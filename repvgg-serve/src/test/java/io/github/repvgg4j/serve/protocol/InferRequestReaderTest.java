package io.github.repvgg4j.serve.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.serve.batch.FiniteFloats;
import io.github.repvgg4j.serve.fault.RequestFault;
import io.github.repvgg4j.spec.InputShape;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What requests of the protocol mean, and what is refused in one line. */
class InferRequestReaderTest {

  private static final ExpectedInput TINY =
      new ExpectedInput(Optional.of(new InputShape(1, 1, 2)), Optional.of(1), 100, 3);
  private static final String HEAD =
      "{\"inputs\":[{\"name\":\"images\",\"datatype\":\"FP32\",\"shape\":";

  private static InferRequest read(String json) throws RequestFault {
    return InferRequestReader.read(json.getBytes(StandardCharsets.UTF_8), Optional.empty(), TINY);
  }

  private static InferRequest read(String json, byte[] tail) throws RequestFault {
    byte[] head = json.getBytes(StandardCharsets.UTF_8);
    byte[] body = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, body, head.length, tail.length);
    return InferRequestReader.read(body, Optional.of(Integer.toString(head.length)), TINY);
  }

  private static float[] values(InferRequest request) {
    return ((Input.Tensor) request.input()).values();
  }

  @Test
  void dataIsFlatOrNestedAndMayComeFirst() throws Exception {
    assertThat(values(read(HEAD + "[2,1,1,2],\"data\":[1,-2.5,3e0,4]}]}")))
        .containsExactly(1, -2.5f, 3, 4);
    assertThat(values(read(HEAD + "[2,1,1,2],\"data\":[[[[1,2]]],[[[3,4]]]]}]}")))
        .containsExactly(1, 2, 3, 4);
    assertThat(
            values(
                read(
                    "{\"inputs\":[{\"data\":[5,6],\"shape\":[1,1,1,2],\"datatype\":\"FP32\","
                        + "\"name\":\"images\"}]}")))
        .containsExactly(5, 6);
  }

  /** Of 32 MB that are 3 million names, or 8 million images of no bytes. */
  @Test
  void noMoreIsKeptThanARequestMayHave() throws Exception {
    StringBuilder names = new StringBuilder("{\"x\":{\"y\":0");
    for (int i = 0; i < 20_000; i++) {
      names.append(",\"n").append(i).append("\":0");
    }
    assertThatThrownBy(() -> read(names + "}}"))
        .isInstanceOf(RequestFault.class)
        .hasMessageStartingWith("the body isn't the JSON that is expected here");
    String images =
        "{\"x\":{\"y\":[{},{\"z\":[1]}]},\"inputs\":[{\"name\":\"encoded_images\","
            + "\"datatype\":\"BYTES\",\"shape\":[%d],";
    String binary = images + "\"parameters\":{\"binary_data_size\":%d}}]}";
    assertThat(read(binary.formatted(3, 12), new byte[12]).input())
        .isInstanceOf(Input.Encoded.class);
    assertThatThrownBy(() -> read(binary.formatted(4, 16), new byte[16]))
        .hasMessage("a request has at most 3 images, this one has more");
    assertThatThrownBy(() -> read(images.formatted(4) + "\"data\":[\"\",\"\",\"\",\"\"]}]}"))
        .hasMessage("a request has at most 3 images, this one has more");
  }

  @Test
  void whatIsNotFiniteIsFoundWhereverItStands() {
    float[] bad = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    float[] good = {0, -0f, Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE, 1};
    for (int length = 1; length < 12; length++) {
      float[] values = new float[length];
      for (int at = 0; at < length; at++) {
        for (float each : good) {
          values[at] = each;
          assertThat(FiniteFloats.all(values)).isTrue();
        }
        for (float each : bad) {
          values[at] = each;
          assertThat(FiniteFloats.all(values)).isFalse();
        }
        values[at] = good[at % good.length];
      }
    }
  }

  @Test
  void binaryIsLittleEndian() throws Exception {
    byte[] tail = {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0};
    String json = HEAD + "[1,1,1,2],\"parameters\":{\"binary_data_size\":8}}]}";
    assertThat(values(read(json, tail))).containsExactly(1, -2);
  }

  @Test
  void parametersAndOutputsAreUnderstoodAndOthersPassedOver() throws Exception {
    InferRequest request =
        read(
            "{\"x\":{\"y\":[1,{}]},\"id\":\"7\",\"parameters\":{\"timeout\":1500,"
                + "\"binary_data_output\":true,\"priority\":[]},\"outputs\":[{\"name\":\"logits\","
                + "\"parameters\":{\"binary_data\":false}},{\"name\":\"probabilities\","
                + "\"parameters\":{\"classification\":3}}],"
                + HEAD.substring(1)
                + "[1,1,1,2],\"data\":[1,2]}]}");
    assertThat(request.id()).contains("7");
    assertThat(request.timeout()).contains(Duration.ofNanos(1_500_000));
    assertThat(request.outputs())
        .containsExactly(
            new RequestedOutput(TensorName.LOGITS, false, 0),
            new RequestedOutput(TensorName.PROBABILITIES, true, 3));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "` `|the body: a JSON object expected",
        "[1]|the body: a JSON object expected",
        "{}|inputs: one expected, images or encoded_images",
        "{\"inputs\":[]}|inputs: one expected, images or encoded_images",
        "{\"inputs\":{}}|inputs: a list expected",
        "{\"inputs\":[1]}|inputs: a list of objects expected",
        "{\"inputs\":[{}]}|inputs: each needs name, datatype and shape",
        "{\"id\":1}|id: text expected",
        "{\"id\":\"a\",\"id\":\"b\"}|the body isn't the JSON that is expected here",
        "{} {}|the body goes on behind its JSON",
        "{\"outputs\":[{\"name\":\"x\"}]}|outputs: logits or probabilities expected",
        "{\"outputs\":[{}]}|outputs: each needs a name",
        "{\"parameters\":{\"timeout\":-1}}|timeout: a whole number of 0 or more expected",
        "{\"parameters\":{\"timeout\":99999999999999999999}}|the JSON has a number that is too"
            + " large",
        "{\"parameters\":{\"binary_data_output\":1}}|binary_data_output: true or false expected"
      })
  void whatIsNoRequestIsRefused(String json, String message) {
    assertThatThrownBy(() -> read(json)).isInstanceOf(RequestFault.class).hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1,1,1,3],\"data\":[1,2,3]|images: shape [N, 1, 1, 2] expected, got [1, 1, 1, 3]",
        "[1,1,2],\"data\":[1,2]|images: shape [N, 1, 1, 2] expected, got [1, 1, 2]",
        "[0,1,1,2],\"data\":[]|images: shape [N, 1, 1, 2] expected, got [0, 1, 1, 2]",
        "[-1,1,1,2],\"data\":[1,2]|images: shape [N, 1, 1, 2] expected, got [-1, 1, 1, 2]",
        "[2,1,1,2],\"data\":[1,2]|images: [2, 1, 1, 2] doesn't fit its 2 numbers",
        "[999999999,1,1,2],\"data\":[1,2]|images: [999999999, 1, 1, 2] doesn't fit its 2 numbers",
        "[1,1,1,2],\"data\":[1,\"a\"]|data: text that is no Base64",
        "[1,1,1,2],\"data\":[1,\"YQ==\"]|data: numbers or texts expected, not both",
        "[1,1,1,2],\"data\":[1,null]|data: numbers, or images in Base64, expected",
        "[1,1,1,2],\"data\":[1,1e39]|images: holds a number that isn't finite",
        "[1,1,1,2],\"data\":[[[[[1,2]]]]]|data: nested more deeply than 4 lists",
        "[1,1,1,2]|inputs: without data",
        "[1.5],\"data\":[1]|shape: a list of whole numbers expected",
        "[1,1,1,2],\"parameters\":{\"binary_data_size\":8}|binary_data_size: the body has 0 bytes"
            + " behind its JSON"
      })
  void tensorsThatDoNotFitAreRefused(String rest, String message) {
    assertThatThrownBy(() -> read(HEAD + rest + "}]}"))
        .isInstanceOf(RequestFault.class)
        .hasMessage(message);
  }

  @Test
  void elementsOfBytesStayWithinTheBody() {
    String json =
        "{\"inputs\":[{\"name\":\"encoded_images\",\"datatype\":\"BYTES\",\"shape\":[1],"
            + "\"parameters\":{\"binary_data_size\":5}}]}";
    for (byte[] tail :
        new byte[][] {{9, 0, 0, 0, 1}, {-1, -1, -1, -1, 1}, {1, 0, 0, 0, 1}, {0, 0, 0, 0, 0}}) {
      if (tail[0] == 1) {
        continue; // the good one
      }
      assertThatThrownBy(() -> read(json, tail))
          .hasMessage("encoded_images: an element is longer than the body");
    }
  }

  /** Whatever is sent, there is a request or one line. */
  @Test
  void anyBytesAreReadOrRefused() {
    Random random = new Random(19);
    byte[] good =
        (HEAD + "[1,1,1,2],\"data\":[1,2]}],\"id\":\"é\"}").getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 20_000; i++) {
      byte[] body = Arrays.copyOf(good, random.nextInt(good.length + 3));
      for (int change = random.nextInt(4); change > 0 && body.length > 0; change--) {
        body[random.nextInt(body.length)] = (byte) random.nextInt(256);
      }
      Optional<String> length =
          random.nextInt(4) > 0
              ? Optional.empty()
              : Optional.of(Integer.toString(random.nextInt(good.length + 5) - 2));
      try {
        InferRequestReader.read(body, length, TINY);
      } catch (RequestFault e) {
        assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(200);
      }
    }
  }
}
