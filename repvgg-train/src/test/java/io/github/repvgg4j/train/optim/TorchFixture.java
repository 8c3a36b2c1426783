package io.github.repvgg4j.train.optim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;

/** What src/test/python/torch_fixtures.py wrote. */
public final class TorchFixture {

  private TorchFixture() {}

  public static JsonNode read() {
    try (InputStream in = TorchFixture.class.getResourceAsStream("/torch/optim.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
