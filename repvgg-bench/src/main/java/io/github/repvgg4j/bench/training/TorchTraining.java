package io.github.repvgg4j.bench.training;

import io.github.repvgg4j.bench.measure.Machine;
import io.github.repvgg4j.bench.measure.PythonProcess;
import io.github.repvgg4j.bench.measure.Resources;
import io.github.repvgg4j.bench.measure.TempFolder;
import io.github.repvgg4j.spec.RepVggSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * PyTorch from Python, in a process of its own whose memory glibc keeps: without that PyTorch takes
 * fresh memory for every tensor. Plain blocks only, neither grouped nor with
 * squeeze-and-excitation.
 */
record TorchTraining(PythonProcess python, TempFolder folder) implements TrainingContender {

  /** PyTorch by its name in options and tables. */
  static final String NAME = "pytorch-python";

  private static final String SCRIPT = "torch_training.py";

  /** What the scripts import. */
  static final String BLOCKS = "torch_blocks.py";

  private static final Map<String, String> KEEP_MEMORY =
      Map.of("MALLOC_MMAP_MAX_", "0", "MALLOC_TRIM_THRESHOLD_", "8000000000");

  /**
   * @param python with torch
   */
  static TorchTraining open(Path python, RepVggSpec spec, int batch) {
    int threads = Machine.threadsPerEngine();
    Map<String, String> environment = new HashMap<>(KEEP_MEMORY);
    environment.putAll(PythonProcess.threads(threads));
    List<String> arguments =
        List.of(
            text(spec),
            Integer.toString(spec.numClasses()),
            Integer.toString(spec.input().height()),
            Integer.toString(batch),
            Integer.toString(threads));
    try {
      TempFolder folder = new TempFolder("training");
      Resources.copy(TorchTraining.class, folder.path(), BLOCKS);
      PythonProcess process =
          PythonProcess.start(
              python, TorchTraining.class, SCRIPT, folder.path(), environment, arguments);
      System.out.println(NAME + ": " + process.greeting());
      return new TorchTraining(process, folder);
    } catch (IOException e) {
      throw new UncheckedIOException(
          NAME + ": " + e.getMessage() + "; name a Python with torch by --python", e);
    }
  }

  /** Its blocks as the scripts read them. */
  static String text(RepVggSpec spec) {
    return spec.blocks().stream()
        .map(block -> block.in() + ":" + block.out() + ":" + block.stride())
        .collect(Collectors.joining(","));
  }

  @Override
  public void step() {
    python.ask("step");
  }

  @Override
  public void close() {
    python.close();
    try {
      folder.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
