package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.weights.PickleReader.Tuple;
import io.github.repvgg4j.weights.TorchConstructors.Storage;
import io.github.repvgg4j.weights.TorchConstructors.View;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
  private final String wanted;

  private TorchReader(Path path, String wanted) {
    this.path = path;
    this.wanted = wanted;
  }

  /** Finds the bytes of a storage; called once a storage. */
  @FunctionalInterface
  private interface Storages {
    StridedView.StorageBytes find(Storage storage) throws IOException;
  }

  static StateDict readZip(Path path, String wanted) throws IOException {
    return new TorchReader(path, wanted).zip();
  }

  static StateDict readLegacy(Path path, String wanted) throws IOException {
    return new TorchReader(path, wanted).legacy();
  }

  private StateDict zip() throws IOException {
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
    Object root = PickleReader.read(path, region.map());
    return stateDict(root, storage -> zipStorage(zip, folder + "data/" + storage.key(), storage));
  }

  private StridedView.StorageBytes zipStorage(StoredZip zip, String entry, Storage storage)
      throws IOException {
    FileRegion region = zip.region(entry);
    if (region.length() != byteLength(storage)) {
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

  private StateDict legacy() throws IOException {
    long fileBytes = Files.size(path);
    ByteBuffer head = new FileRegion(path, 0, Math.min(fileBytes, MAX_PICKLE_BYTES)).map();
    if (!LEGACY_MAGIC.equals(PickleReader.read(path, head))
        || !Long.valueOf(LEGACY_PROTOCOL).equals(PickleReader.read(path, head))) {
      throw fault("is a pickle, but none of torch.save; save model.state_dict() with torch.save");
    }
    if (PickleReader.read(path, head) instanceof Map<?, ?> system
        && Boolean.FALSE.equals(system.get("little_endian"))) {
      throw fault("was written on a big-endian machine, which is not supported");
    }
    Object root = PickleReader.read(path, head);
    List<?> keys = PickleReader.read(path, head) instanceof List<?> list ? list : List.of();
    Map<String, FileRegion> regions =
        legacyRegions(keys, declared(root), head.position(), fileBytes);
    return stateDict(
        root,
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
      Storage storage = declared.get(key);
      if (storage == null) {
        throw fault("one of its storages belongs to no tensor; damaged file");
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

  /** All storages that the nested containers mention; each container is entered once. */
  private static Map<String, Storage> declared(Object root) {
    Map<String, Storage> declared = new HashMap<>();
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Object> open = new ArrayDeque<>(List.of(root));
    while (!open.isEmpty()) {
      Object value = open.pop();
      if (value instanceof View view) {
        declared.put(view.storage().key(), view.storage());
      } else if (seen.add(value)) {
        open.addAll(
            value instanceof Map<?, ?> map
                ? map.values()
                : value instanceof Tuple tuple
                    ? tuple.items()
                    : value instanceof List<?> list ? list : List.of());
      }
    }
    return declared;
  }

  private StateDict stateDict(Object root, Storages storages) throws IOException {
    StateDictFinder.Found found = StateDictFinder.find(path, root, wanted);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Map<Storage, StridedView.StorageBytes> known = new HashMap<>();
    for (Map.Entry<String, View> entry : found.views().entrySet()) {
      if (!Printable.isName(entry.getKey())) {
        throw fault("no tensor can be named '" + Printable.text(entry.getKey()) + "'");
      }
      Storage storage = entry.getValue().storage();
      StridedView.StorageBytes bytes = known.get(storage);
      if (bytes == null) {
        bytes = storages.find(storage);
        known.put(storage, bytes);
      }
      String what = path + ": tensor " + entry.getKey();
      tensors.put(entry.getKey(), StridedView.tensor(what, entry.getValue(), bytes));
    }
    return new StateDict(path, found.location(), tensors);
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
