package io.github.repvgg4j.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.testkit.Golden;
import io.github.repvgg4j.testkit.PickleBytes;
import io.github.repvgg4j.weights.checkpoint.CheckpointFiles;
import io.github.repvgg4j.weights.checkpoint.Tensor;
import io.github.repvgg4j.weights.checkpoint.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightFilesTest {

  @TempDir Path folder;

  @Test
  void theFourWaysToSaveTheSameWeightsGiveTheSameTensors() throws Exception {
    StateDict plain = WeightFiles.load(Golden.PLAIN.file("train.pth"));
    assertThat(plain.location()).isEmpty();
    assertThat(plain.tensors()).hasSize(96);
    assertThat(plain.tensors().get("stage2.1.rbr_dense.conv.weight").shape())
        .containsExactly(32L, 32L, 3L, 3L);
    assertSame(WeightFiles.load(Golden.PLAIN.file("train-legacy-format.pth")), plain);
    StateDict ddp = WeightFiles.load(Golden.PLAIN.file("train-checkpoint-ddp.pth"));
    assertThat(ddp.location()).isEqualTo("model");
    assertSame(ddp, plain);
  }

  @ParameterizedTest
  @ValueSource(strings = {"out.pth", "out.safetensors"})
  void whatIsWrittenIsReadBackBitForBit(String name) throws Exception {
    StateDict plain = WeightFiles.load(Golden.PLAIN.file("train.pth"));
    Path file = folder.resolve(name);
    CheckpointFiles.save(file, plain.tensors());
    assertSame(WeightFiles.load(file), plain);
    Path again = folder.resolve("again-" + name);
    CheckpointFiles.save(again, WeightFiles.load(file).tensors());
    assertThat(Files.mismatch(file, again)).as("the same tensors, the same bytes").isEqualTo(-1);
  }

  @Test
  void everyElementTypeIsReadRight() throws Exception {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    put(tensors, TensorType.FLOAT16, 2, 0x3c00, 0xc000, 0x0001, 0x7bff); // 1, -2, 2^-24, 65504
    put(tensors, TensorType.BFLOAT16, 2, 0x3f80, 0xc000, 0x0080, 0x4049);
    put(tensors, TensorType.FLOAT64, 8, Double.doubleToLongBits(0.1), Double.doubleToLongBits(-7));
    put(tensors, TensorType.INT64, 8, -3, 1L << 40);
    put(tensors, TensorType.INT8, 1, 255, 7);
    put(tensors, TensorType.UINT8, 1, 255, 7);
    for (String name : List.of("t.pth", "t.safetensors")) {
      CheckpointFiles.save(folder.resolve(name), tensors);
      Map<String, Tensor> read = WeightFiles.load(folder.resolve(name)).tensors();
      assertThat(read.get("FLOAT16").floats()).containsExactly(1f, -2f, 0x1p-24f, 65504f);
      assertThat(read.get("BFLOAT16").floats()).containsExactly(1f, -2f, 0x1p-126f, 3.140625f);
      assertThat(read.get("FLOAT64").floats()).containsExactly(0.1f, -7f);
      assertThat(read.get("INT64").floats()).containsExactly(-3f, 0x1p40f);
      assertThat(read.get("INT8").floats()).containsExactly(-1f, 7f);
      assertThat(read.get("UINT8").floats()).containsExactly(255f, 7f);
    }
  }

  @Test
  void stridedViewsOfOneStorageAreGathered() throws Exception {
    byte[] pickle =
        PickleBytes.start()
            .ascii("}(")
            .tensor("transposed", "FloatStorage", "0", 6, 0, new long[] {3, 2}, 1, 3)
            .tensor("column", "FloatStorage", "0", 6, 2, new long[] {2}, 3)
            .tensor("tail", "FloatStorage", "0", 6, 3, new long[] {3}, 1)
            .tensor("expanded", "FloatStorage", "0", 6, 5, new long[] {2, 2}, 0, 0)
            .ascii("u")
            .stop();
    byte[] numbers = floats(1, 2, 3, 4, 5, 6);
    Path file = folder.resolve("views.pth");
    Files.write(file, PickleBytes.zip("a/data.pkl", pickle, "a/data/0", numbers));
    Map<String, Tensor> read = WeightFiles.load(file).tensors();
    assertThat(read.get("transposed").floats()).containsExactly(1, 4, 2, 5, 3, 6);
    assertThat(read.get("column").floats()).containsExactly(3, 6);
    assertThat(read.get("tail").floats()).containsExactly(4, 5, 6);
    assertThat(read.get("expanded").floats()).containsExactly(6, 6, 6, 6);
  }

  @Test
  void averagedWeightsAreTakenOnlyWhenAskedFor() throws Exception {
    PickleBytes pickle = PickleBytes.start().ascii("}(");
    for (String place : List.of("model_ema", "state_dict")) {
      pickle.text(place).ascii("}(");
      String key = place.equals("state_dict") ? "0" : "1";
      pickle.tensor("module.a", "FloatStorage", key, 2, 0, new long[] {1}, 1);
      pickle.tensor("module.b", "FloatStorage", key, 2, 1, new long[] {1}, 1).ascii("u");
    }
    pickle.text("epoch").integer(3).ascii("u");
    Path file = folder.resolve("ema.pth");
    Files.write(
        file,
        PickleBytes.zip(
            "a/data.pkl", pickle.stop(), "a/data/0", floats(1, 2), "a/data/1", floats(3, 4)));
    assertThat(WeightFiles.load(file).location()).isEqualTo("state_dict");
    assertThat(WeightFiles.load(file).tensors().get("b").floats()).containsExactly(2);
    assertThat(WeightFiles.load(file, "model_ema").tensors().get("b").floats()).containsExactly(4);
    assertThatThrownBy(() -> WeightFiles.load(file, "best"))
        .hasMessageEndingWith("has no weights under 'best'; there are: [model_ema, state_dict]");
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static void put(Map<String, Tensor> into, TensorType type, int width, long... bits) {
    ByteBuffer bytes = ByteBuffer.allocate(bits.length * width).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < bits.length; i++) {
      for (int b = 0; b < width; b++) {
        bytes.put(i * width + b, (byte) (bits[i] >> 8 * b));
      }
    }
    into.put(type.name(), new Tensor(List.of((long) bits.length), type, () -> bytes));
  }

  private static void assertSame(StateDict actual, StateDict expected) throws Exception {
    assertThat(actual.tensors().keySet()).containsExactlyElementsOf(expected.tensors().keySet());
    for (Map.Entry<String, Tensor> entry : expected.tensors().entrySet()) {
      Tensor tensor = actual.tensors().get(entry.getKey());
      assertThat(tensor.shape()).as(entry.getKey()).isEqualTo(entry.getValue().shape());
      assertThat(tensor.type()).as(entry.getKey()).isEqualTo(entry.getValue().type());
      assertThat(tensor.content().bytes())
          .as(entry.getKey())
          .isEqualTo(entry.getValue().content().bytes());
    }
  }
}
