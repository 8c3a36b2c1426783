package io.github.repvgg4j.weights.checkpoint;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.weights.checkpoint.PickleReader.Contents;
import io.github.repvgg4j.weights.checkpoint.TorchConstructors.Storage;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what {@code torch.save} writes: the zip container (PyTorch 1.6 on: {@code data.pkl} and one
 * stored entry a storage) and the older one (five pickles in a row, then the storages; {@code
 * torch/serialization.py}, {@code _legacy_save}).
 */
final class TorchReader {

  /** First of the five pickles. */
  private static final BigInteger LEGACY_MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);

  private static final long LEGACY_PROTOCOL = 1001;
  private static final long MAX_PICKLE_BYTES = 64L << 20;

  private final Path path;

  private TorchReader(Path path) {
    this.path = path;
  }

  /** Finds the bytes of a storage; called once a storage. */
  @FunctionalInterface
  private interface Storages {
    StridedView.StorageBytes find(Storage storage) throws IOException;
  }

  static Checkpoint readZip(Path path) throws IOException {
    return new TorchReader(path).zip();
  }

  static Checkpoint readLegacy(Path path) throws IOException {
    return new TorchReader(path).legacy();
  }

  private Checkpoint zip() throws IOException {
    StoredZip zip = StoredZip.open(path);
    String pickle = null;
    for (String name : zip.names()) {
      if (name.equals("data.pkl") || name.endsWith("/data.pkl")) {
        pickle = name;
        break;
      }
    }
    if (pickle == null) {
      throw fault("has no data.pkl: not a checkpoint of torch.save");
    }
    String folder = pickle.substring(0, pickle.length() - "data.pkl".length());
    if (zip.has(folder + "byteorder")) {
      String order = ascii(zip.region(folder + "byteorder").map());
      if (!order.equals("little")) {
        throw fault(
            "was written on a "
                + Printable.text(order)
                + "-endian machine, which is not supported");
      }
    }
    FileRegion region = zip.region(pickle);
    if (region.length() > MAX_PICKLE_BYTES) {
      throw fault("data.pkl has " + region.length() + " bytes; no state_dict needs so many");
    }
    zip.checkCrc(pickle, region);
    Contents contents = PickleReader.read(path, region.map());
    return checkpoint(
        contents, storage -> zipStorage(zip, folder + "data/" + storage.key(), storage));
  }

  private StridedView.StorageBytes zipStorage(StoredZip zip, String entry, Storage storage)
      throws IOException {
    FileRegion region = zip.region(entry);
    if (storage.type() != TensorType.UNKNOWN && region.length() != byteLength(storage)) {
      throw fault(
          "storage "
              + storage.key()
              + " claims "
              + storage.length()
              + " elements of "
              + storage.type()
              + ", its entry has "
              + region.length()
              + " bytes");
    }
    boolean[] checked = new boolean[1];
    return () -> {
      if (!checked[0]) {
        zip.checkCrc(entry, region);
        checked[0] = true;
      }
      return region;
    };
  }

  private Checkpoint legacy() throws IOException {
    long fileBytes = Files.size(path);
    ByteBuffer head = new FileRegion(path, 0, Math.min(fileBytes, MAX_PICKLE_BYTES)).map();
    if (!LEGACY_MAGIC.equals(PickleReader.read(path, head).root())
        || !Long.valueOf(LEGACY_PROTOCOL).equals(PickleReader.read(path, head).root())) {
      throw fault("is a pickle, but none of torch.save; save model.state_dict() with torch.save");
    }
    if (PickleReader.read(path, head).root() instanceof Map<?, ?> system
        && Boolean.FALSE.equals(system.get("little_endian"))) {
      throw fault("was written on a big-endian machine, which is not supported");
    }
    Contents contents = PickleReader.read(path, head);
    List<?> keys = PickleReader.read(path, head).root() instanceof List<?> list ? list : List.of();
    Map<String, FileRegion> regions =
        legacyRegions(keys, contents.storages(), head.position(), fileBytes);
    return checkpoint(
        contents,
        storage -> {
          FileRegion region = regions.get(storage.key());
          if (region == null || region.length() < byteLength(storage)) {
            throw fault("storage " + storage.key() + " is missing or too short; damaged file");
          }
          return () -> region;
        });
  }

  /** The storages follow the pickles: each its length (int64, in elements), then its bytes. */
  private Map<String, FileRegion> legacyRegions(
      List<?> keys, Map<String, Storage> declared, long start, long fileBytes) throws IOException {
    Map<String, FileRegion> regions = new HashMap<>();
    long at = start;
    for (Object key : keys) {
      Storage storage = key instanceof String name ? declared.get(Printable.text(name)) : null;
      if (storage == null) {
        throw fault("one of its storages belongs to no tensor; damaged file");
      }
      if (storage.type() == TensorType.UNKNOWN) {
        throw fault(
            "holds a tensor of a type that is not known here, and in this old container all"
                + " tensors after it can't be found; save model.state_dict() alone");
      }
      if (at > fileBytes - Long.BYTES) {
        throw fault("is cut off before storage " + storage.key() + "; download it again");
      }
      long length = new FileRegion(path, at, Long.BYTES).map().getLong(0);
      at += Long.BYTES;
      if (length != storage.length() || byteLength(storage) > fileBytes - at) {
        throw fault(
            "storage "
                + storage.key()
                + " should have "
                + storage.length()
                + " elements, says "
                + length
                + ", and "
                + (fileBytes - at)
                + " bytes are left; cut off or damaged");
      }
      regions.put(storage.key(), new FileRegion(path, at, byteLength(storage)));
      at += byteLength(storage);
    }
    return regions;
  }

  private Checkpoint checkpoint(Contents contents, Storages storages) {
    Map<Storage, StridedView.StorageBytes> known = new HashMap<>();
    return new CheckpointTree(
        path,
        contents,
        view ->
            what -> {
              StridedView.StorageBytes bytes = known.get(view.storage());
              if (bytes == null) {
                bytes = storages.find(view.storage());
                known.put(view.storage(), bytes);
              }
              return StridedView.tensor(what, view, bytes);
            });
  }

  private long byteLength(Storage storage) throws ArchiveException {
    try {
      return Math.multiplyExact(storage.length(), (long) storage.type().width());
    } catch (ArithmeticException e) {
      throw fault("storage " + storage.key() + " claims " + storage.length() + " elements");
    }
  }

  private static String ascii(ByteBuffer bytes) {
    byte[] text = new byte[Math.min(bytes.remaining(), 10)];
    bytes.get(text);
    return new String(text, StandardCharsets.US_ASCII);
  }

  private ArchiveException fault(String what) {
    return new ArchiveException(path + ": " + what);
  }
}
