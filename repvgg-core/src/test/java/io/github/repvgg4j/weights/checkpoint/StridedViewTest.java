package io.github.repvgg4j.weights.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StridedViewTest {

  @TempDir Path folder;

  @Test
  void expandedAndEmptyTensorsAreReadAndNamed() throws Exception {
    TorchConstructors.Storage storage =
        new TorchConstructors.Storage(TensorType.FLOAT32, "0", 2, 0);
    Path file = folder.resolve("two");
    Files.write(file, Tensor.littleEndian(8).putFloat(0, 3).putFloat(4, 5).array());
    StridedView.StorageBytes bytes = () -> new FileRegion(file, 0, 8);
    assertThat(view(storage, 1, List.of(2L, 3L), List.of(0L, 0L), bytes)).containsOnly(5f);
    assertThat(view(storage, 0, List.of(1L, 2L, 1L), List.of(99L, 1L, 7L), bytes))
        .containsExactly(3, 5);
    assertThat(view(storage, 1L << 40, List.of(0L, 4L), List.of(4L, 1L), bytes)).isEmpty();
    assertThat(view(storage, 1, List.of(1L, 1L), List.of(Long.MAX_VALUE, 0L), bytes))
        .containsExactly(5);
  }

  private static float[] view(
      TorchConstructors.Storage storage,
      long offset,
      List<Long> shape,
      List<Long> strides,
      StridedView.StorageBytes bytes)
      throws Exception {
    TorchConstructors.View view =
        new TorchConstructors.View(storage, storage.type(), offset, shape, strides);
    return StridedView.tensor("w", view, bytes).floats();
  }
}
