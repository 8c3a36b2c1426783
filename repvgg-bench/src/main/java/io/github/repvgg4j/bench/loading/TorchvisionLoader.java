package io.github.repvgg4j.bench.loading;

import io.github.repvgg4j.bench.measure.PythonProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * PyTorch's DataLoader over a torchvision ImageFolder, in a Python process of its own whose workers
 * stay between epochs.
 */
record TorchvisionLoader(PythonProcess python, int workers) implements LoaderContender {

  static final String NAME = "torchvision";

  private static final String SCRIPT = "torchvision_loader.py";

  /**
   * What the process loads.
   *
   * @param train folder of class folders
   * @param side of the random resized crop, pixels
   * @param workers processes that decode
   */
  record Work(Path train, int side, int workers) {}

  /**
   * @param scratch where the script is put
   * @throws IOException why there is nothing to measure beside, one line
   */
  static TorchvisionLoader open(Path python, Path scratch, Work work) throws IOException {
    List<String> arguments =
        List.of(
            work.train().toString(),
            Integer.toString(work.side()),
            Integer.toString(OwnLoader.BATCH),
            Integer.toString(work.workers()));
    PythonProcess process =
        PythonProcess.start(
            python, TorchvisionLoader.class, SCRIPT, scratch, PythonProcess.threads(1), arguments);
    return new TorchvisionLoader(process, work.workers());
  }

  /** {@code torch 1.13.0, torchvision 0.14.1, Pillow 9.4.0}. */
  String versions() {
    return python.greeting();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int threads() {
    return workers;
  }

  @Override
  public long epoch() {
    return ask("epoch").images();
  }

  @Override
  public Content content() {
    return ask("content");
  }

  private Content ask(String request) {
    String[] words = python.ask(request).split(" ");
    return new Content(Long.parseLong(words[0]), Double.parseDouble(words[1]));
  }

  @Override
  public void close() {
    python.close();
  }
}
