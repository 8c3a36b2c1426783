package io.github.repvgg4j.weights.checkpoint;

import io.github.repvgg4j.archive.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * The door of this package: files to tensors and back. A file's kind is told by its first bytes,
 * not by its name.
 */
public final class CheckpointFiles {

  private CheckpointFiles() {}

  /**
   * Opens a {@code .pth} (either container) or {@code .safetensors} file. Numbers stay in the file
   * until a tensor is asked for them.
   *
   * @throws ArchiveException one line that names the file and what is wrong with it
   */
  public static Checkpoint open(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new ArchiveException(path + ": no such file");
    }
    if (!Files.isRegularFile(path)) {
      throw new ArchiveException(path + ": is not a file; give the path of a checkpoint");
    }
    if (!Files.isReadable(path)) {
      throw new ArchiveException(path + ": no permission to read");
    }
    byte[] head;
    try (InputStream in = Files.newInputStream(path)) {
      head = in.readNBytes(9);
    }
    if (head.length < 9) {
      throw new ArchiveException(path + ": has only " + head.length + " bytes; download it again");
    }
    if (head[0] == 'P' && head[1] == 'K' && head[2] == 3 && head[3] == 4) {
      return TorchReader.readZip(path);
    }
    // a header length such as 0x0280 begins like a pickle, but no pickle has its zeros
    boolean safetensors = head[8] == '{' && head[5] == 0 && head[6] == 0 && head[7] == 0;
    if (!safetensors && (head[0] & 0xff) == 0x80 && head[1] >= 2 && head[1] <= 5) {
      return TorchReader.readLegacy(path);
    }
    if (head[8] == '{') {
      return Safetensors.read(path);
    }
    throw new ArchiveException(
        path + ": is neither a checkpoint of torch.save nor a .safetensors file");
  }

  /**
   * Writes tensors in their order; the name's ending tells the format. An earlier file is replaced
   * only by a whole new one.
   *
   * @throws ArchiveException when the ending is neither {@code .safetensors} nor {@code .pth}
   */
  public static void save(Path target, Map<String, Tensor> tensors) throws IOException {
    String name = target.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".safetensors")) {
      Safetensors.write(target, tensors);
    } else if (name.endsWith(".pth") || name.endsWith(".pt")) {
      TorchWriter.write(target, tensors);
    } else {
      throw new ArchiveException(target + ": the name must end in .safetensors or .pth");
    }
  }
}
