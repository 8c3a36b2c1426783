package io.github.repvgg4j.deploy.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.deploy.Models;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.OneDnnUnavailableException;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.check.SelfCheckReport.Reference;
import io.github.repvgg4j.testkit.Tolerance;
import java.nio.file.Path;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FastEngineTest {

  private static final RuntimeOptions FP32 = RuntimeOptions.of(Precision.FP32);

  @TempDir Path folder;

  private static INDArray images() {
    return Nd4j.rand(DataType.FLOAT, 2, 3, 32, 32);
  }

  @Test
  void whatConvertRecordedIsWhatLoadingChecks() throws Exception {
    Path fast = Models.fastZip(folder);
    INDArray images = images();
    try (FastEngine engine = (FastEngine) FastEngine.load(fast, FP32)) {
      assertThat(engine.network().selfCheck().orElseThrow().reference())
          .isEqualTo(Reference.DEEPLEARNING4J);
      Model network = ModelZip.load(fast).network();
      Tolerance.FLOAT32.check(engine.logits(images), Logits.of(network, images));
    }
  }

  @Test
  void whereOneDnnCannotBeLoadedDeeplearning4jAnswersAndSaysWhy() throws Exception {
    Path fast = Models.fastZip(folder);
    INDArray images = images();
    FastEngine.Loader none =
        (file, options) -> {
          throw new OneDnnUnavailableException("no jnidnnl in java.library.path");
        };
    try (Engine engine = FastEngine.load(fast, FP32, none)) {
      assertThat(engine.description())
          .isEqualTo("Deeplearning4j, as oneDNN cannot be loaded: no jnidnnl in java.library.path");
      Model network = ModelZip.load(fast).network();
      Tolerance.FLOAT32.check(engine.logits(images), Logits.of(network, images));
    }
  }

  @Test
  void arraysOfOtherOrdersAndTypesAreCopied() throws Exception {
    Path fast = Models.fastZip(folder);
    Model network = ModelZip.load(fast).network();
    try (FastEngine engine = FastEngine.of(network, Models.SPEC.input(), FP32)) {
      INDArray images = images();
      INDArray expected = engine.logits(images);
      assertThat(engine.logits(images.dup('f'))).isEqualTo(expected);
      assertThat(engine.logits(images.castTo(DataType.DOUBLE))).isEqualTo(expected);
    }
  }
}
