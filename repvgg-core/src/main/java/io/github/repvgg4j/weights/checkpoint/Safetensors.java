package io.github.repvgg4j.weights.checkpoint;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * Reads and writes {@code .safetensors}: the length of a JSON header (u64, little-endian), the
 * header (name to dtype, shape and byte range), then the numbers, row-major and little-endian (<a
 * href="https://github.com/huggingface/safetensors#format">format</a>).
 */
final class Safetensors {

  /** The headers of the largest variant take 0.1 MB. */
  static final long MAX_HEADER_BYTES = 8L << 20;

  private Safetensors() {}

  /** A file without maps in maps. */
  private record Flat(Path path, List<Candidate> candidates) implements Checkpoint {

    @Override
    public String firstPlace(String place) {
      return place;
    }

    @Override
    public List<String> beside(String place) {
      return List.of();
    }

    @Override
    public String withoutTensors() {
      return "holds no tensors";
    }
  }

  static Checkpoint read(Path path) throws IOException {
    long fileBytes = Files.size(path);
    long headerBytes = new FileRegion(path, 0, Long.BYTES).map().getLong(0);
    if (headerBytes < 2 || headerBytes > Math.min(MAX_HEADER_BYTES, fileBytes - Long.BYTES)) {
      throw new ArchiveException(
          path
              + ": claims a header of "
              + Long.toUnsignedString(headerBytes)
              + " bytes in a file of "
              + fileBytes
              + "; cut off or not a .safetensors file");
    }
    byte[] header = new byte[(int) headerBytes];
    new FileRegion(path, Long.BYTES, headerBytes).map().get(header);
    FileRegion data =
        new FileRegion(path, Long.BYTES + headerBytes, fileBytes - Long.BYTES - headerBytes);
    Map<String, SafetensorsHeader.Entry> entries = SafetensorsHeader.parse(path, header);
    checkRanges(path, entries, data.length());
    List<Candidate> candidates = new ArrayList<>();
    entries.forEach(
        (name, entry) ->
            candidates.add(
                Candidate.tensor("", name, entry.shape(), what -> tensor(what, entry, data))));
    return new Flat(path, candidates);
  }

  private static Tensor tensor(String what, SafetensorsHeader.Entry entry, FileRegion data)
      throws IOException {
    return entry.type().isReadable()
        ? new Tensor(
            entry.shape(), entry.type(), data.part(entry.begin(), entry.end() - entry.begin()))
        : Tensor.unreadable(what, entry.shape(), entry.type());
  }

  /** The format forbids overlaps and holes: the ranges in order must tile the data. */
  private static void checkRanges(
      Path path, Map<String, SafetensorsHeader.Entry> entries, long dataBytes)
      throws ArchiveException {
    SafetensorsHeader.Entry[] sorted = entries.values().toArray(SafetensorsHeader.Entry[]::new);
    Arrays.sort(
        sorted,
        java.util.Comparator.comparingLong(SafetensorsHeader.Entry::begin)
            .thenComparingLong(SafetensorsHeader.Entry::end));
    long end = 0;
    for (SafetensorsHeader.Entry entry : sorted) {
      if (entry.end() > dataBytes) {
        throw new ArchiveException(
            path
                + ": tensor "
                + Printable.text(entry.name())
                + " ends at byte "
                + entry.end()
                + " of "
                + dataBytes
                + "; the file is cut off or damaged");
      }
      if (entry.begin() != end) {
        throw new ArchiveException(
            path
                + ": tensor "
                + Printable.text(entry.name())
                + (entry.begin() < end ? " overlaps another one" : " leaves a hole before it")
                + "; damaged file");
      }
      end = entry.end();
    }
    if (end != dataBytes) {
      throw new ArchiveException(
          path + ": " + (dataBytes - end) + " bytes at its end belong to no tensor; damaged file");
    }
  }

  static void write(Path target, Map<String, Tensor> tensors) throws IOException {
    byte[] header = header(tensors);
    AtomicFile.write(
        target,
        temporary -> {
          try (FileChannel out =
              FileChannel.open(
                  temporary, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            writeFully(out, Tensor.littleEndian(Long.BYTES).putLong(0, header.length));
            writeFully(out, ByteBuffer.wrap(header));
            for (Tensor tensor : tensors.values()) {
              writeFully(out, tensor.content().bytes());
            }
          }
        });
  }

  private static byte[] header(Map<String, Tensor> tensors) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = json.createObjectNode();
    root.putObject("__metadata__").put("format", "pt");
    long at = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      ObjectNode node = root.putObject(entry.getKey());
      node.put("dtype", tensor.type().safetensorsName());
      node.set("shape", json.valueToTree(tensor.shape()));
      node.putArray("data_offsets").add(at).add(at + tensor.byteLength());
      at += tensor.byteLength();
    }
    byte[] text = json.writeValueAsBytes(root);
    byte[] aligned = Arrays.copyOf(text, (text.length + 7) / 8 * 8); // data begins at 8 bytes
    Arrays.fill(aligned, text.length, aligned.length, " ".getBytes(StandardCharsets.US_ASCII)[0]);
    return aligned;
  }

  private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
    ByteBuffer rest = bytes.duplicate();
    while (rest.hasRemaining()) {
      out.write(rest);
    }
  }
}
