package io.github.repvgg4j.spark.images;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The table of contents of a packed set: a text file, one line an image, {@code shard TAB offset
 * TAB length TAB crc32 TAB name}, sorted by name. It is written last, so a set that has one is
 * whole.
 */
final class PackedIndex {

  static final String FILE = "index.tsv";
  private static final String HEADER = "repvgg4j-packed-images\t1\t";

  private PackedIndex() {}

  static void write(FileSystem files, Path folder, List<ImageRef> images) throws IOException {
    Path temporary = new Path(folder, "." + FILE + ".tmp");
    try (BufferedWriter out =
        new BufferedWriter(
            new OutputStreamWriter(files.create(temporary, true), StandardCharsets.UTF_8))) {
      out.write(HEADER + images.size() + "\n");
      for (ImageRef image : images) {
        out.write(
            String.join(
                    "\t",
                    new Path(image.file()).getName(),
                    Long.toString(image.offset()),
                    Integer.toString(image.length()),
                    Long.toHexString(image.checksum()),
                    image.name())
                + "\n");
      }
    }
    if (!files.rename(temporary, new Path(folder, FILE))) {
      throw new IOException(new Path(folder, FILE) + ": cannot be written");
    }
  }

  /** Whether a folder's file of that name is an index, and not somebody else's table. */
  static boolean isIn(FileSystem files, Path folder) throws IOException {
    try (InputStream in = files.open(new Path(folder, FILE))) {
      byte[] header = HEADER.getBytes(StandardCharsets.UTF_8);
      return Arrays.equals(in.readNBytes(header.length), header);
    }
  }

  static List<ImageRef> read(FileSystem files, Path folder) throws IOException {
    Path index = new Path(folder, FILE);
    Map<String, String> interned = new HashMap<>();
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(files.open(index), StandardCharsets.UTF_8))) {
      String header = in.readLine();
      if (header == null || !header.startsWith(HEADER)) {
        throw new IOException(index + ": not an index of packed images; pack the images again");
      }
      List<ImageRef> images = new ArrayList<>();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        images.add(parse(index, folder, line, interned));
      }
      if (!header.equals(HEADER + images.size())) {
        throw new IOException(
            index + ": is cut off after " + images.size() + " images; pack the images again");
      }
      return images;
    }
  }

  private static ImageRef parse(Path index, Path folder, String line, Map<String, String> interned)
      throws IOException {
    String[] fields = line.split("\t", 5);
    try {
      String name = fields[4];
      int slash = name.indexOf('/');
      return new ImageRef(
          interned.computeIfAbsent(fields[0], shard -> new Path(folder, shard).toString()),
          Long.parseLong(fields[1]),
          Integer.parseInt(fields[2]),
          Long.parseLong(fields[3], 16),
          name,
          interned.computeIfAbsent(slash < 0 ? "" : name.substring(0, slash), label -> label));
    } catch (RuntimeException e) {
      throw new IOException(index + ": damaged line '" + line + "'; pack the images again", e);
    }
  }
}
