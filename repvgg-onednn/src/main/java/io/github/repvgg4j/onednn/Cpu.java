package io.github.repvgg4j.onednn;

import java.util.Optional;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;

/** oneDNN's engine of this machine's CPU: one a process, made when first asked for. */
public final class Cpu {

  private Cpu() {}

  /** Loads the library once, whatever comes of it. */
  private static final class Loaded {
    private static final Owned OWNED = new Owned();
    private static final dnnl_engine ENGINE = new dnnl_engine();
    private static final Optional<String> OBSTACLE = load();

    private static Optional<String> load() {
      try {
        Loader.load(dnnl.class);
        OneDnnException.check("CPU engine", dnnl.dnnl_engine_create(ENGINE, dnnl.dnnl_cpu, 0));
        OWNED.keep(ENGINE, dnnl::dnnl_engine_destroy);
        return Optional.empty();
      } catch (LinkageError | RuntimeException e) {
        return Optional.of(e.toString().lines().findFirst().orElse("unknown"));
      }
    }
  }

  /** A thread's stream; execution on it is synchronous. */
  private static final class Stream {
    private static final ThreadLocal<Stream> LOCAL = ThreadLocal.withInitial(Stream::new);
    private final Owned owned = new Owned();
    private final dnnl_stream handle = new dnnl_stream();

    private Stream() {
      OneDnnException.check(
          "stream", dnnl.dnnl_stream_create(handle, engine(), dnnl.dnnl_stream_default_flags));
      owned.keep(handle, dnnl::dnnl_stream_destroy);
    }
  }

  /** Why oneDNN can't run here; empty where it can. */
  public static Optional<String> unavailable() {
    return Loaded.OBSTACLE;
  }

  /** Such as {@code 2.5.2}; empty where oneDNN can't run. */
  public static Optional<String> version() {
    if (unavailable().isPresent()) {
      return Optional.empty();
    }
    dnnl_version_t version = dnnl.dnnl_version();
    return Optional.of(version.major() + "." + version.minor() + "." + version.patch());
  }

  /**
   * Whether oneDNN adds two products of 8 bits in 16, which may not hold them: x86 without VNNI, or
   * limited to what is without it by {@code DNNL_MAX_CPU_ISA}.
   */
  public static boolean saturates() {
    engine();
    return switch (dnnl.dnnl_get_effective_cpu_isa()) {
      case dnnl.dnnl_cpu_isa_sse41,
          dnnl.dnnl_cpu_isa_avx,
          dnnl.dnnl_cpu_isa_avx2,
          dnnl.dnnl_cpu_isa_avx512_mic,
          dnnl.dnnl_cpu_isa_avx512_mic_4ops,
          dnnl.dnnl_cpu_isa_avx512_core ->
          true;
      default -> false;
    };
  }

  /**
   * For this module.
   *
   * @throws OneDnnException where oneDNN can't run
   */
  public static dnnl_engine engine() {
    unavailable()
        .ifPresent(
            reason -> {
              throw new OneDnnException(reason);
            });
    return Loaded.ENGINE;
  }

  /** For this module: this thread's stream. */
  public static dnnl_stream stream() {
    return Stream.LOCAL.get().handle;
  }
}
