package io.github.repvgg4j.train.optim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;

/**
 * What src/test/python/torch_fixtures.py, recipe_fixtures.py, teacher_fixtures.py and
 * onnx_teacher_fixtures.py wrote.
 */
public final class TorchFixture {

  private TorchFixture() {}

  public static JsonNode read() {
    return read("/torch/optim.json");
  }

  public static JsonNode recipe() {
    return read("/torch/recipe.json");
  }

  public static JsonNode teacher() {
    return read("/torch/teacher.json");
  }

  public static JsonNode onnxTeacher() {
    return read("/torch/onnx-teacher.json");
  }

  private static JsonNode read(String resource) {
    try (InputStream in = TorchFixture.class.getResourceAsStream(resource)) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
