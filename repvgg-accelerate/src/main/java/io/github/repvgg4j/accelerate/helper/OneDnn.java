package io.github.repvgg4j.accelerate.helper;

import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.factory.Nd4j;

/** The oneDNN library of {@code org.bytedeco:dnnl}, where its natives are on the class path. */
public final class OneDnn {

  private static final String OBSTACLE = load();
  private static final engine CPU = OBSTACLE == null ? new engine(engine.kind.cpu, 0) : null;
  private static final ThreadLocal<stream> STREAMS = ThreadLocal.withInitial(() -> new stream(CPU));

  private OneDnn() {}

  private static String load() {
    try {
      if (!"CPU".equalsIgnoreCase(backend())) {
        return "the ND4J backend is " + backend() + ", not CPU";
      }
      Loader.load(dnnl.class);
      return null;
    } catch (LinkageError | RuntimeException e) {
      return "org.bytedeco:dnnl or org.bytedeco:opencl can't be loaded: " + e;
    }
  }

  private static String backend() {
    return Nd4j.getExecutioner().getEnvironmentInformation().getProperty("backend");
  }

  /** Why oneDNN can't be used here; null where it can. */
  public static String obstacle() {
    return OBSTACLE;
  }

  /** Such as "2.5.2"; null where oneDNN can't be used. */
  public static String version() {
    if (OBSTACLE != null) {
      return null;
    }
    dnnl_version_t version = dnnl.dnnl_version();
    return version.major() + "." + version.minor() + "." + version.patch();
  }

  /** The engine of this machine's CPU; null where there is an {@link #obstacle}. */
  public static engine cpu() {
    return CPU;
  }

  /** A pointer to memory of others, which it neither owns nor keeps. */
  public static Pointer pointer(long address) {
    return new Address(address);
  }

  private static final class Address extends Pointer {
    Address(long address) {
      this.address = address;
    }
  }

  /** This thread's stream; execution on it is synchronous. */
  public static stream stream() {
    return STREAMS.get();
  }
}
