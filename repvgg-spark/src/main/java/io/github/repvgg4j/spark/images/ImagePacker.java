package io.github.repvgg4j.spark.images;

import io.github.repvgg4j.data.image.BadImageException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Packs many small image files into a few large shards, because a distributed file system pays for
 * each file. A shard is a plain tar file ({@code class/image.jpg}), written under a temporary name
 * and renamed when whole, so an attempt that dies leaves nothing behind; {@link PackedIndex} says
 * where each image begins. Images are dealt to shards in a random order with a fixed seed, so that
 * every shard has images of all classes.
 */
public final class ImagePacker {

  private static final long SEED = 20210111;

  private ImagePacker() {}

  /**
   * What was packed.
   *
   * @param images packed
   * @param shards tar files
   * @param skipped one line for each file that vanished or could not be read
   */
  public record Report(int images, int shards, List<String> skipped) {}

  /**
   * @param target a folder that does not exist yet
   * @param imagesPerShard of 100 kB images, 1000 make shards of 100 MB
   * @throws IOException when the target exists or the source holds no images
   */
  public static Report pack(
      JavaSparkContext spark, ImageSet source, String target, int imagesPerShard)
      throws IOException {
    Configuration hadoop = spark.hadoopConfiguration();
    FileSystem files = new Path(target).getFileSystem(hadoop);
    Path folder = files.makeQualified(new Path(target));
    if (files.exists(folder)) {
      throw new IOException(target + ": exists already; give a new folder");
    }
    files.mkdirs(folder);
    List<ImageRef> dealt = new ArrayList<>(source.images());
    java.util.Collections.shuffle(dealt, new Random(SEED));
    int shards = (dealt.size() + imagesPerShard - 1) / imagesPerShard;
    Broadcast<SerializableConfiguration> configuration =
        spark.broadcast(new SerializableConfiguration(hadoop));
    String where = folder.toString();
    boolean whole = false;
    try {
      List<Shard> written =
          spark
              .parallelize(dealt, shards)
              .mapPartitionsWithIndex(
                  (index, images) ->
                      List.of(writeShard(index, images, where, configuration.value().value()))
                          .iterator(),
                  true)
              .collect();
      Report report = writeIndex(files, folder, written);
      whole = true;
      return report;
    } finally {
      if (!whole) {
        files.delete(folder, true);
      }
    }
  }

  private static Report writeIndex(FileSystem files, Path folder, List<Shard> shards)
      throws IOException {
    List<ImageRef> packed = new ArrayList<>();
    List<String> skipped = new ArrayList<>();
    for (Shard shard : shards) {
      packed.addAll(shard.images());
      skipped.addAll(shard.skipped());
    }
    packed.sort(Comparator.comparing(ImageRef::name));
    PackedIndex.write(files, folder, packed);
    return new Report(packed.size(), shards.size(), skipped);
  }

  private record Shard(ArrayList<ImageRef> images, ArrayList<String> skipped)
      implements java.io.Serializable {}

  private static Shard writeShard(
      int index, java.util.Iterator<ImageRef> images, String folder, Configuration hadoop)
      throws IOException {
    String name = String.format(Locale.ROOT, "shard-%05d.tar", index);
    Path target = new Path(folder, name);
    Path temporary =
        new Path(folder, "." + name + "." + TaskContext.get().taskAttemptId() + ".tmp");
    FileSystem files = target.getFileSystem(hadoop);
    Shard shard = new Shard(new ArrayList<>(), new ArrayList<>());
    try {
      try (OutputStream out = new BufferedOutputStream(create(files, temporary), 1 << 20);
          TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        while (images.hasNext()) {
          add(tar, images.next(), target.toString(), shard, hadoop);
        }
      }
      files.delete(target, false); // of an attempt that was whole but not heard of
      if (!files.rename(temporary, target)) {
        throw new IOException(target + ": cannot be written");
      }
    } finally {
      files.delete(temporary, false);
    }
    return shard;
  }

  /** Not into a folder that a failed job has removed in the meantime. */
  private static OutputStream create(FileSystem files, Path path) throws IOException {
    return files.createNonRecursive(
        path,
        true,
        files.getConf().getInt("io.file.buffer.size", 1 << 16),
        files.getDefaultReplication(path),
        files.getDefaultBlockSize(path),
        null);
  }

  private static void add(
      TarArchiveOutputStream tar, ImageRef image, String target, Shard shard, Configuration hadoop)
      throws IOException {
    if (image.name().indexOf('\n') >= 0 || image.name().indexOf('\r') >= 0) {
      shard
          .skipped()
          .add(image.name().replaceAll("[\r\n]", "?") + ": has a line break in its name");
      return;
    }
    byte[] bytes;
    try {
      bytes = ImageBytes.read(image, hadoop);
    } catch (BadImageException e) {
      shard.skipped().add(e.getMessage());
      return;
    }
    TarArchiveEntry entry = new TarArchiveEntry(image.name());
    entry.setSize(bytes.length);
    entry.setModTime(0);
    tar.putArchiveEntry(entry);
    tar.flush();
    long offset = tar.getBytesWritten();
    tar.write(bytes);
    tar.closeArchiveEntry();
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    shard
        .images()
        .add(
            new ImageRef(
                target, offset, bytes.length, checksum.getValue(), image.name(), image.label()));
  }
}
