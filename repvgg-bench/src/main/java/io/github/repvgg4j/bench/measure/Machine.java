package io.github.repvgg4j.bench.measure;

import io.github.repvgg4j.onednn.OpenMpThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * Where a measurement was taken.
 *
 * @param threads of each engine
 * @param peakGflopsFp32 the fastest float32 matrix product seen here, with that many threads
 * @param peakGflopsBf16 the same in bfloat16; 0 where the CPU has none
 * @param peakGopsInt8 the same in 8-bit integers
 */
public record Machine(
    String cpu,
    int cores,
    long memoryMb,
    String os,
    String jdk,
    int threads,
    double peakGflopsFp32,
    double peakGflopsBf16,
    double peakGopsInt8,
    String date) {

  /** This machine, its peaks measured now. */
  public static Machine here() {
    return new Machine(
        cpuModel(),
        Runtime.getRuntime().availableProcessors(),
        kilobytes(field(Path.of("/proc/meminfo"), "MemTotal")) / 1024,
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.version"),
        threadsPerEngine(),
        ArithmeticPeak.gflops(ArithmeticPeak.Type.FP32),
        ArithmeticPeak.gflops(ArithmeticPeak.Type.BF16),
        ArithmeticPeak.gflops(ArithmeticPeak.Type.INT8),
        LocalDate.now(ZoneOffset.UTC).toString());
  }

  /** The fastest matrix product of a kind, in giga-operations a second. */
  public double peak(ArithmeticPeak.Type type) {
    return switch (type) {
      case FP32 -> peakGflopsFp32;
      case BF16 -> peakGflopsBf16;
      case INT8 -> peakGopsInt8;
    };
  }

  /** The processor's name; empty where the system does not say. */
  public static String cpuModel() {
    return field(Path.of("/proc/cpuinfo"), "model name");
  }

  /** {@code OMP_NUM_THREADS}, or all cores. */
  public static int threadsPerEngine() {
    return OpenMpThreads.standard();
  }

  /** Megabytes resident now; 0 where the system does not say. */
  public static long residentMb() {
    return kilobytes(field(Path.of("/proc/self/status"), "VmRSS")) / 1024;
  }

  /** The most that was resident since the process began. */
  public static long peakResidentMb() {
    return kilobytes(field(Path.of("/proc/self/status"), "VmHWM")) / 1024;
  }

  private static String field(Path file, String name) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      return "";
    }
  }

  private static long kilobytes(String text) {
    String digits = text.replaceAll("[^0-9]", "");
    return digits.isEmpty() ? 0 : Long.parseLong(digits);
  }
}
