package io.github.repvgg4j.machine;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder into which JavaCPP unpacks native libraries. Its own choice, {@code ~/.javacpp/cache}
 * or else one in the folder for temporary files, fails without a word where the disk is read-only
 * or forbids programs ({@code noexec}), and makes a folder named {@code ?} where the user has no
 * home. Here each is tried first, then others.
 */
public final class NativeCache {

  /** JavaCPP's property. */
  public static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

  /** Of ND4J, OpenBLAS and oneDNN on linux-x86_64, unpacked; other platforms are similar. */
  private static final long NEEDED_BYTES = 480L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(NativeCache.class);

  private NativeCache() {}

  /**
   * Sees to it that JavaCPP has a folder that it can use; call before the first native library is
   * loaded.
   *
   * @throws IOException one line: which folders there are, what is wrong with each, what to do
   */
  public static void prepare() throws IOException {
    List<String> faults = new ArrayList<>();
    for (Candidate candidate : candidates()) {
      Optional<String> fault = candidate.fault();
      if (fault.isEmpty()) {
        use(candidate.folder(), faults);
        return;
      }
      faults.add(candidate.folder() + " (" + fault.get() + ")");
    }
    throw new IOException(
        "no folder for the native libraries: "
            + String.join(", ", faults)
            + "; name another by -D"
            + PROPERTY
            + "=FOLDER");
  }

  /** Where native libraries are unpacked, once {@link #prepare} has been called. */
  public static Path folder() {
    return candidates().get(0).folder();
  }

  private static void use(Path folder, List<String> faults) {
    if (!faults.isEmpty()) {
      LOG.warn("native libraries are unpacked in {}: not in {}", folder, String.join(", ", faults));
    }
    System.setProperty(PROPERTY, folder.toString());
  }

  /** The named one, home, temporary files, and, rather than none, the working folder. */
  private static List<Candidate> candidates() {
    List<Candidate> candidates = new ArrayList<>();
    for (String property : List.of(PROPERTY, "org.bytedeco.javacpp.cacheDir")) {
      add(candidates, System.getProperty(property), "", false);
    }
    String temporary = System.getProperty("java.io.tmpdir");
    String home = home();
    add(candidates, home, ".javacpp/cache", temporary.equals(home));
    String own = ".javacpp-" + System.getProperty("user.name", "user") + "/cache";
    add(candidates, temporary, own, true);
    if (File.separatorChar == '/') {
      add(candidates, "/var/tmp", own, true);
    }
    add(candidates, System.getProperty("user.dir"), ".javacpp/cache", false);
    return candidates;
  }

  private static void add(
      List<Candidate> candidates, String parent, String name, boolean everybodys) {
    if (parent != null && !parent.isBlank()) {
      try {
        Path folder = Path.of(parent).resolve(name).toAbsolutePath().normalize();
        candidates.add(new Candidate(folder, everybodys));
      } catch (InvalidPathException e) {
        LOG.debug("{}: no folder", parent, e);
      }
    }
  }

  /** Java says {@code ?} of a user without an entry in the system's list. */
  private static String home() {
    String home = System.getProperty("user.home");
    return "?".equals(home) ? System.getenv("HOME") : home;
  }

  /**
   * A folder to unpack into.
   *
   * @param everybodys whether others may have made it: it is then used only if it is one's own
   */
  record Candidate(Path folder, boolean everybodys) {

    /**
     * Bytes in the folder; other programs that start now may put files there and take them away.
     */
    long unpacked() throws IOException {
      AtomicLong bytes = new AtomicLong();
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              bytes.addAndGet(attributes.size());
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException gone) {
              return FileVisitResult.CONTINUE;
            }
          });
      return bytes.get();
    }

    /** Why libraries can't be unpacked here, or loaded from here; empty where they can. */
    Optional<String> fault() {
      Path probe = null;
      try {
        Files.createDirectories(folder);
        probe = Files.createTempFile(folder, "probe", ".so");
        if (everybodys && !Files.getOwner(folder).equals(Files.getOwner(probe))) {
          return Optional.of("another user's");
        }
        if (!probe.toFile().setExecutable(true) || !Files.isExecutable(probe)) {
          return Optional.of("mounted noexec");
        }
        long free = Files.getFileStore(folder).getUsableSpace();
        // Every program starts here, so the folder is only measured where space is short.
        return free < NEEDED_BYTES && free + unpacked() < NEEDED_BYTES
            ? Optional.of((free >> 20) + " MiB free, " + (NEEDED_BYTES >> 20) + " needed")
            : Optional.empty();
      } catch (IOException | SecurityException e) {
        return Optional.of(TemporaryFiles.reason(e));
      } finally {
        TemporaryFiles.delete(probe);
      }
    }
  }
}
