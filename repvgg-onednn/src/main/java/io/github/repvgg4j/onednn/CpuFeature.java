package io.github.repvgg4j.onednn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.dnnl.global.dnnl;

/** Vector instructions that decide how fast a network runs. */
public enum CpuFeature {
  /** 8 floats at a time. */
  AVX2("avx2"),
  /** 8-bit products, 32 at a time. */
  AVX2_VNNI("avx_vnni"),
  /** 16 floats at a time. */
  AVX512("avx512f"),
  /** 8-bit products, 64 at a time. */
  AVX512_VNNI("avx512_vnni"),
  /** bfloat16 products. */
  AVX512_BF16("avx512_bf16"),
  /** Tiles of 8-bit and bfloat16 products. */
  AMX("amx_tile");

  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  private final String flag;

  CpuFeature(String flag) {
    this.flag = flag;
  }

  /** Asked once. */
  private static final class Present {
    private static final Optional<Set<CpuFeature>> FEATURES =
        fromKernel().or(CpuFeature::fromOneDnn);
  }

  /** What this CPU has; empty where neither the kernel nor oneDNN tells. */
  public static Optional<Set<CpuFeature>> present() {
    return Present.FEATURES;
  }

  private static Optional<Set<CpuFeature>> fromKernel() {
    try (Stream<String> lines = Files.lines(PROCESSOR)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> named(List.of(line.split("\\s+"))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Set<CpuFeature> named(List<String> flags) {
    return Stream.of(values())
        .filter(feature -> flags.contains(feature.flag))
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(CpuFeature.class)));
  }

  private static Optional<Set<CpuFeature>> fromOneDnn() {
    if (Cpu.unavailable().isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        switch (dnnl.dnnl_get_effective_cpu_isa()) {
          case dnnl.dnnl_cpu_isa_avx2 -> EnumSet.of(AVX2);
          case dnnl.dnnl_cpu_isa_avx2_vnni -> EnumSet.of(AVX2, AVX2_VNNI);
          case dnnl.dnnl_cpu_isa_avx512_core -> EnumSet.of(AVX2, AVX512);
          case dnnl.dnnl_cpu_isa_avx512_core_vnni -> EnumSet.of(AVX2, AVX512, AVX512_VNNI);
          case dnnl.dnnl_cpu_isa_avx512_core_bf16 ->
              EnumSet.of(AVX2, AVX512, AVX512_VNNI, AVX512_BF16);
          case dnnl.dnnl_cpu_isa_avx512_core_amx ->
              EnumSet.of(AVX2, AVX512, AVX512_VNNI, AVX512_BF16, AMX);
          default -> EnumSet.noneOf(CpuFeature.class);
        });
  }

  /** The kernel's name of it. */
  @Override
  public String toString() {
    return flag;
  }
}
