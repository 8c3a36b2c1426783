package io.github.repvgg4j.accelerate;

import io.github.repvgg4j.layer.Cudnn;
import io.github.repvgg4j.machine.NativeCache;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.nd4j.common.config.ND4JSystemProperties;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Starts the ND4J backend with an error a user can act on. ND4J itself fails in a static
 * initialiser, with a stack trace first and {@code NoClassDefFoundError} ever after.
 */
public final class BackendStartup {

  /** First line of a stack trace. */
  private static final Pattern THROWN = Pattern.compile("^[\\w.$]+(Error|Exception)\\b");

  private static volatile String skipped;

  private BackendStartup() {}

  /**
   * What of ND4J's backends is on the class path.
   *
   * @param cpu nd4j-native
   * @param cuda nd4j-cuda
   * @param natives the libraries of one of them for this platform
   */
  record ClassPath(boolean cpu, boolean cuda, boolean natives) {

    private static final List<String> EXTENSIONS =
        List.of("-onednn", "", "-avx2", "-avx512", "-onednn-avx2", "-onednn-avx512", "-cudnn");

    static ClassPath current() {
      return new ClassPath(
          has("org/nd4j/linalg/cpu/nativecpu/CpuBackend.class"),
          has("org/nd4j/linalg/jcublas/JCublasBackend.class"),
          EXTENSIONS.stream().map(Loader.getPlatform()::concat).anyMatch(ClassPath::hasNatives));
    }

    private static boolean hasNatives(String platform) {
      return has("org/nd4j/linalg/cpu/nativecpu/bindings/" + platform + "/")
          || has("org/nd4j/nativeblas/" + platform + "/");
    }

    private static boolean has(String resource) {
      return BackendStartup.class.getClassLoader().getResource(resource) != null;
    }
  }

  /**
   * Call first in a program that computes: finds a folder for the native libraries, and in a build
   * for CUDA a card that computes right.
   *
   * @throws BackendUnavailableException there is none
   */
  public static void prepare() {
    findFolder();
    ClassPath classPath = ClassPath.current();
    if (classPath.cuda() && !CudaStart.cpuIsPreferred()) {
      CudaStart.require(classPath);
    }
  }

  /**
   * Starts a backend; in a build for CUDA without a card, that of the CPU, which is enough for what
   * computes nothing.
   *
   * @throws BackendUnavailableException one line saying why no backend runs, and what to do
   */
  public static void require() {
    findFolder();
    ClassPath classPath = ClassPath.current();
    try {
      start();
    } catch (LinkageError | RuntimeException e) {
      CudaProbe probe = classPath.cuda() ? CudaProbe.run() : new CudaProbe.NoDriver();
      throw new BackendUnavailableException(explain(e, classPath, probe), e);
    }
  }

  private static void findFolder() {
    try {
      NativeCache.prepare();
    } catch (IOException e) {
      throw new BackendUnavailableException("backend: " + e.getMessage(), e);
    }
  }

  /**
   * One line where native libraries are the cause of {@code failure}, which is the first one: each
   * later use of the same classes fails without a reason.
   */
  public static Optional<String> explain(Throwable failure) {
    if (!has(failure, LinkageError.class)) {
      return Optional.empty();
    }
    try {
      require();
    } catch (BackendUnavailableException e) {
      ClassPath classPath = ClassPath.current();
      CudaProbe probe = classPath.cuda() ? CudaProbe.run() : new CudaProbe.NoDriver();
      return Optional.of(explain(failure, classPath, probe));
    }
    return has(failure, UnsatisfiedLinkError.class)
        ? Optional.of(
            "a native library can't be loaded: " + firstLine(rootCause(failure)) + whereUnpacked())
        : Optional.empty();
  }

  private static boolean has(Throwable failure, Class<? extends Throwable> kind) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .anyMatch(kind::isInstance);
  }

  /**
   * ND4J prints a stack trace for each backend that does not start, and says nothing else of the
   * cause; of CUDA's the first line is kept.
   */
  private static void start() {
    if (System.getProperty(ND4JSystemProperties.LOG_INITIALIZATION) == null) {
      System.setProperty(ND4JSystemProperties.LOG_INITIALIZATION, "false");
    }
    PrintStream before = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      Nd4j.getBackend();
      Cudnn.avoid();
    } finally {
      System.setErr(before);
      if (ClassPath.current().cuda()) {
        String text = printed.toString(StandardCharsets.UTF_8);
        text.lines().filter(THROWN.asPredicate()).findFirst().ifPresent(line -> skipped = line);
      }
    }
  }

  /** Why nd4j-cuda did not start, in ND4J's words; null where it did, or was not tried. */
  static String skipped() {
    return skipped;
  }

  static String explain(Throwable failure, ClassPath classPath, CudaProbe probe) {
    if (!classPath.cpu() && !classPath.cuda()) {
      return "backend: no ND4J backend on the class path. Add "
          + new PublishedNatives(Loader.getPlatform()).artifact()
          + ".";
    }
    boolean cudaWasChosen = skipped == null && !CudaStart.cpuIsPreferred();
    if (classPath.cuda() && (cudaWasChosen || !classPath.cpu())) {
      String first = rootCause(failure).toString().lines().findFirst().orElse("");
      return CudaStart.explain(cudaWasChosen ? first : skipped, classPath, probe);
    }
    String start = "backend: nd4j-native can't start: " + firstLine(rootCause(failure));
    return classPath.natives()
        ? start + whereUnpacked()
        : start
            + ". Its native libraries for "
            + Loader.getPlatform()
            + " are missing from the class path (add "
            + new PublishedNatives(Loader.getPlatform()).artifact()
            + ", or build with -Djavacpp.platform="
            + Loader.getPlatform()
            + ").";
  }

  private static String whereUnpacked() {
    return ". Native libraries are unpacked in "
        + NativeCache.folder()
        + "; -D"
        + NativeCache.PROPERTY
        + "=FOLDER names another place.";
  }

  private static Throwable rootCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static String firstLine(Throwable cause) {
    String message = cause.getMessage();
    return message == null
        ? cause.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }
}
