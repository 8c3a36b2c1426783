package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.train.optim.TorchFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class InitialWeightsTest {

  @ParameterizedTest
  @CsvSource({"wide, 5, 2", "narrow, 2, 3"})
  void identityIsPyTorchs(String name, int out, int in) {
    JsonNode expected = TorchFixture.recipe().path("dirac").path(name);
    INDArray kernel = Nd4j.create(DataType.FLOAT, out, in, 3, 3).assign(0.25);
    InitialWeights.dirac(kernel, 1);
    float[] found = kernel.dup('c').reshape(out * in * 9).toFloatVector();
    assertThat(expected).hasSize(found.length);
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i]).as("%d", i).isEqualTo(expected.get(i).asDouble());
    }
  }

  @Test
  void eachGroupPassesItsOwnChannels() {
    INDArray kernel = Nd4j.create(DataType.FLOAT, 6, 2, 3, 3).assign(0.25);
    InitialWeights.dirac(kernel, 2);
    for (int filter = 0; filter < 6; filter++) {
      int within = filter % 3;
      assertThat(kernel.getDouble(filter, 0, 1, 1))
          .isEqualTo(within == 0 ? 1 : within == 1 ? 0 : 0.25);
      assertThat(kernel.getDouble(filter, 1, 1, 1))
          .isEqualTo(within == 1 ? 1 : within == 0 ? 0 : 0.25);
    }
  }
}
