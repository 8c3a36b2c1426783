package io.github.repvgg4j.accelerate;

import io.github.repvgg4j.machine.NativeCache;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Starts the ND4J backend with an error a user can act on. ND4J itself fails in a static
 * initialiser, with a stack trace first and {@code NoClassDefFoundError} ever after.
 */
public final class BackendStartup {

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
   * Call first in a program: finds a folder for the native libraries, and a card where the build is
   * for CUDA alone.
   *
   * @throws BackendUnavailableException there is none
   */
  public static void prepare() {
    findFolder();
    ClassPath classPath = ClassPath.current();
    if (classPath.cuda() && !classPath.cpu()) {
      require();
    }
  }

  /**
   * Starts the backend.
   *
   * @throws BackendUnavailableException one line saying why no backend runs, and what to do
   */
  public static void require() {
    findFolder();
    ClassPath classPath = ClassPath.current();
    List<CudaCard> cards = classPath.cuda() ? CudaCard.found() : List.of();
    if (classPath.cuda() && !classPath.cpu()) {
      refuseUnsupported(cards);
    }
    try {
      start();
    } catch (LinkageError | RuntimeException e) {
      throw new BackendUnavailableException(explain(e, classPath, cards), e);
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
      List<CudaCard> cards = classPath.cuda() ? CudaCard.found() : List.of();
      return Optional.of(explain(failure, classPath, cards));
    }
    return has(failure, UnsatisfiedLinkError.class)
        ? Optional.of("a native library can't be loaded: " + rootCause(failure) + whereUnpacked())
        : Optional.empty();
  }

  private static boolean has(Throwable failure, Class<? extends Throwable> kind) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .anyMatch(kind::isInstance);
  }

  /** ND4J prints a stack trace for each backend that does not start; the exception holds it too. */
  private static void start() {
    PrintStream before = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      Nd4j.getBackend();
      before.print(printed.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(before);
    }
  }

  private static void refuseUnsupported(List<CudaCard> cards) {
    if (!cards.isEmpty() && cards.stream().noneMatch(CudaCard::runsNd4jCuda)) {
      throw new BackendUnavailableException(
          "backend: " + cards.get(0).verdict() + ". Build without -Pcuda to run on the CPU.", null);
    }
  }

  static String explain(Throwable failure, ClassPath classPath, List<CudaCard> cards) {
    if (!classPath.cpu() && !classPath.cuda()) {
      return "backend: no ND4J backend on the class path. Add "
          + new PublishedNatives(Loader.getPlatform()).artifact()
          + ".";
    }
    if (classPath.cuda() && !classPath.cpu() && cards.isEmpty()) {
      return "backend: built for CUDA (-Pcuda), but no NVIDIA card or driver was found. Build without"
          + " -Pcuda to run on the CPU, or check nvidia-smi.";
    }
    String start =
        "backend: "
            + (classPath.cuda() ? "nd4j-cuda" : "nd4j-native")
            + " can't start: "
            + rootCause(failure);
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

  private static String rootCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return message == null
        ? cause.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }
}
