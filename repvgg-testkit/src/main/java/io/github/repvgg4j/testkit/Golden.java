package io.github.repvgg4j.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The reference cases: networks with random weights, as PyTorch saved them, and what the reference
 * implementation answers. {@code golden/README.md} says what each covers.
 */
public enum Golden {
  PLAIN("plain"),
  GROUPED_G2("grouped-g2"),
  GROUPED_G4("grouped-g4"),
  SQUEEZE_EXCITATION("squeeze-excitation"),
  TIMM_PLAIN("timm-plain"),
  TIMM_GROUPED_G4("timm-grouped-g4");

  private static final Path COPIES = temporaryFolder();

  private final String folder;

  Golden(String folder) {
    this.folder = folder;
  }

  /** The file of the training form. */
  public Path weights() {
    return file(name().startsWith("TIMM") ? "model.safetensors" : "train.pth");
  }

  /** A file of this case, such as {@code deploy.pth}, copied out of the class path. */
  public Path file(String name) {
    Path copy = COPIES.resolve(folder + "-" + name);
    synchronized (COPIES) {
      if (Files.exists(copy)) {
        return copy;
      }
      try (InputStream in = getClass().getResourceAsStream("/golden/" + folder + "/" + name)) {
        if (in == null) {
          throw new IllegalArgumentException("no golden file " + folder + "/" + name);
        }
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        copy.toFile().deleteOnExit();
        return copy;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** An array of this case, such as {@code logits.npy}. */
  public INDArray array(String name) {
    return Nd4j.createFromNpyFile(file(name).toFile());
  }

  private static Path temporaryFolder() {
    try {
      Path folder = Files.createTempDirectory("golden");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
