package io.github.repvgg4j.onednn;

import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.opencl.Pfn_notify__cl_event_int_Pointer;
import org.bytedeco.opencl._cl_event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many OpenMP threads work for a call. OpenMP alone takes as many as the machine has cores,
 * also where a container grants one.
 *
 * <p>oneDNN has no function for it, so {@code omp_set_num_threads} is called in the OpenMP library
 * that oneDNN has loaded, by its address. Java 17 calls no address, but JavaCPP does for the
 * callbacks of OpenCL's binding, without which oneDNN's can't be loaded: one that takes a pointer
 * first is given the number in the pointer's place, which every C calling convention passes alike,
 * and a function of one argument never looks at the others.
 */
public final class OpenMpThreads {

  private static final Logger LOG = LoggerFactory.getLogger(OpenMpThreads.class);
  private static final String SYMBOL = "omp_set_num_threads";

  private OpenMpThreads() {}

  /** Finds the function once, after oneDNN has been loaded. */
  private static final class Found {
    private static final Optional<Setter> SETTER = find();

    private static Optional<Setter> find() {
      try {
        Pointer function = Cpu.unavailable().isPresent() ? null : Loader.addressof(SYMBOL);
        if (function != null && !function.isNull()) {
          Loader.load(Pfn_notify__cl_event_int_Pointer.class);
          return Optional.of(new Setter(function));
        }
        LOG.warn(
            "the OpenMP library has no {}; it runs as many threads as OMP_NUM_THREADS or the"
                + " machine says",
            SYMBOL);
      } catch (LinkageError | RuntimeException e) {
        LOG.warn(
            "OpenMP's threads can't be set ({}); set OMP_NUM_THREADS",
            e.toString().lines().toList());
      }
      return Optional.empty();
    }
  }

  /** The function at an address. */
  private static final class Setter {

    /** What JavaCPP takes for a callback: memory that begins with the address. Kept for good. */
    private final PointerPointer<Pointer> callback = new PointerPointer<>(2L);

    private final Pfn_notify__cl_event_int_Pointer function;

    Setter(Pointer address) {
      callback.put(0, address);
      callback.put(1, (Pointer) null);
      function = new Pfn_notify__cl_event_int_Pointer(callback);
    }

    void set(int threads) {
      function.call(new _cl_event(new Number(threads)), 0, null);
    }
  }

  /** A number where a pointer is expected. */
  private static final class Number extends Pointer {
    Number(long value) {
      address = value;
    }
  }

  /**
   * {@code OMP_NUM_THREADS} where it is set, but no more than the processors that the JVM may use,
   * which knows a container's quota and {@code -XX:ActiveProcessorCount}; else as many as those.
   */
  public static int standard() {
    int processors = Runtime.getRuntime().availableProcessors();
    return Math.min(processors, stated(System.getenv("OMP_NUM_THREADS")).orElse(processors));
  }

  /**
   * @param variable a number, or several with commas of which the first is meant; may be null
   */
  static Optional<Integer> stated(String variable) {
    String first = variable == null ? "" : variable.split(",", 2)[0].trim();
    return first.matches("[1-9][0-9]{0,3}")
        ? Optional.of(Integer.parseInt(first))
        : Optional.empty();
  }

  /** Runs with this many threads, then sets the calling thread's number to {@link #standard}. */
  public static <T> T with(int threads, Supplier<T> run) {
    Found.SETTER.ifPresent(it -> it.set(threads));
    try {
      return run.get();
    } finally {
      Found.SETTER.filter(it -> threads != standard()).ifPresent(it -> it.set(standard()));
    }
  }

  /**
   * Runs with this many threads: what needs one by the caller, what needs more by a thread that
   * leads a team of them ({@link TeamLeaders}), for which the caller waits.
   */
  public static <T> T led(int threads, Supplier<T> run) {
    return threads > 1 ? TeamLeaders.call(() -> with(threads, run)) : with(threads, run);
  }
}
