package io.github.repvgg4j.bench.loading;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/**
 * PyTorch's DataLoader over a torchvision ImageFolder, in a Python process of its own whose workers
 * stay between epochs. A request is a line, so is the answer.
 */
final class TorchvisionLoader implements LoaderContender {

  static final String NAME = "torchvision";

  private static final String SCRIPT = "torchvision_loader.py";
  private static final String ANSWER = "answer ";

  private final Process process;
  private final BufferedReader answers;
  private final Writer requests;
  private final int workers;
  private final String versions;

  /**
   * What the process loads.
   *
   * @param train folder of class folders
   * @param side of the random resized crop, pixels
   * @param workers processes that decode
   */
  record Work(Path train, int side, int workers) {}

  private TorchvisionLoader(Process process, int workers) throws IOException {
    this.process = process;
    this.workers = workers;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.requests = process.outputWriter(StandardCharsets.UTF_8);
    this.versions = answer();
  }

  /**
   * @param scratch where the script is put
   * @throws IOException why there is nothing to measure beside, one line
   */
  static TorchvisionLoader open(Path python, Path scratch, Work work) throws IOException {
    Path script = scratch.resolve(SCRIPT);
    try (InputStream resource = TorchvisionLoader.class.getResourceAsStream(SCRIPT)) {
      Files.copy(resource, script, StandardCopyOption.REPLACE_EXISTING);
    }
    ProcessBuilder builder =
        new ProcessBuilder(
                python.toString(),
                script.toString(),
                work.train().toString(),
                Integer.toString(work.side()),
                Integer.toString(OwnLoader.BATCH),
                Integer.toString(work.workers()))
            .redirectErrorStream(true);
    builder.environment().put("OMP_NUM_THREADS", "1");
    Process process = builder.start();
    try {
      return new TorchvisionLoader(process, work.workers());
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** {@code torch 1.13.0, torchvision 0.14.1, Pillow 9.4.0}. */
  String versions() {
    return versions;
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
    try {
      requests.write(request + "\n");
      requests.flush();
      String[] words = answer().split(" ");
      return new Content(Long.parseLong(words[0]), Double.parseDouble(words[1]));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Passes over what Python and torch have to say beside. */
  private String answer() throws IOException {
    String last = "nothing said";
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.startsWith(ANSWER)) {
        return line.substring(ANSWER.length());
      }
      last = line.isBlank() ? last : line.strip();
    }
    throw new IOException("the Python process ended: " + last);
  }

  @Override
  public void close() {
    try {
      requests.close(); // the script's loop ends with its input
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
