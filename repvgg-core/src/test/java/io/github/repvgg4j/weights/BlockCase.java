package io.github.repvgg4j.weights;

import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions.Structure;
import io.github.repvgg4j.weights.checkpoint.Candidate;
import io.github.repvgg4j.weights.checkpoint.CheckpointFiles;
import io.github.repvgg4j.weights.checkpoint.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The networks that {@code src/test/python/block_fixtures.py} wrote. */
enum BlockCase {
  PLAIN(BlockKind.PLAIN, 1, false),
  QAREPVGG(BlockKind.QAREPVGG, 1, false),
  REPOPT_SEARCH(BlockKind.REPOPT_SEARCH, 1, false),
  MOBILEONE(BlockKind.MOBILEONE, 3, false),
  MOBILEONE_GATED(BlockKind.MOBILEONE, 1, true),
  TIMM_MOBILEONE_GATED(BlockKind.MOBILEONE, 2, true);

  private final BlockKind kind;
  private final int convolutions;
  private final boolean gated;

  BlockCase(BlockKind kind, int convolutions, boolean gated) {
    this.kind = kind;
    this.convolutions = convolutions;
    this.gated = gated;
  }

  Naming naming() {
    return name().startsWith("TIMM") ? Naming.TIMM : Naming.OFFICIAL;
  }

  RepVggSpec spec() {
    return RepVggSpec.of(List.of(2, 1, 2, 1), List.of(8, 8, 8, 16, 16), 5, InputShape.square(16))
        .withStrides(List.of(naming() == Naming.TIMM ? 2 : 1, 1, 2, 2, 1))
        .withBlockOptions(
            new BlockOptions(1, gated).withStructure(new Structure(kind, convolutions)));
  }

  ImportedWeights load() throws IOException {
    return WeightImport.network(WeightFiles.load(file("model.safetensors")), spec());
  }

  Path file(String name) {
    String folder = name().toLowerCase(Locale.ROOT).replace('_', '-');
    return Path.of("src", "test", "resources", "blocks", folder, name);
  }

  INDArray array(String name) {
    return Nd4j.createFromNpyFile(file(name).toFile());
  }

  /** Loss, gradients and running means in training mode. */
  Map<String, Tensor> training() throws IOException {
    Map<String, Tensor> tensors = new HashMap<>();
    for (Candidate found : CheckpointFiles.open(file("training.safetensors")).candidates()) {
      tensors.put(found.name(), found.source().tensor(found.name()));
    }
    return tensors;
  }
}
