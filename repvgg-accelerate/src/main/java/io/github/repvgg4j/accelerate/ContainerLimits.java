package io.github.repvgg4j.accelerate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a container may use, from the control-group files.
 *
 * @param cpus such as "1.5", or "none"
 * @param memory such as "4096 MB", or "none"
 */
record ContainerLimits(String cpus, String memory) {

  private static final String NONE = "none";
  private static final long UNLIMITED = 1L << 60;

  /**
   * @param root {@code /sys/fs/cgroup}
   */
  static ContainerLimits read(Path root) {
    String memory = text(root.resolve("memory.max"));
    if (memory == null) {
      memory = text(root.resolve("memory/memory.limit_in_bytes"));
    }
    return new ContainerLimits(cpus(root), megabytes(memory));
  }

  private static String cpus(Path root) {
    String both = text(root.resolve("cpu.max"));
    if (both == null) {
      both =
          text(root.resolve("cpu/cpu.cfs_quota_us"))
              + " "
              + text(root.resolve("cpu/cpu.cfs_period_us"));
    }
    String[] parts = both.split(" ");
    if (parts.length != 2 || !parts[0].matches("\\d+") || !parts[1].matches("\\d+")) {
      return NONE;
    }
    return String.format(
        Locale.ROOT, "%.1f", Double.parseDouble(parts[0]) / Double.parseDouble(parts[1]));
  }

  private static String megabytes(String bytes) {
    if (bytes == null || !bytes.matches("\\d+") || Long.parseLong(bytes) > UNLIMITED) {
      return NONE;
    }
    return Long.parseLong(bytes) / (1 << 20) + " MB";
  }

  private static String text(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return null;
    }
  }
}
