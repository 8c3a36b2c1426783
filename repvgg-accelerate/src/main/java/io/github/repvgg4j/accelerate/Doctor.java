package io.github.repvgg4j.accelerate;

import io.github.repvgg4j.accelerate.DoctorReport.Fact;
import io.github.repvgg4j.accelerate.DoctorReport.Problem;
import io.github.repvgg4j.accelerate.helper.OneDnn;
import io.github.repvgg4j.machine.NativeCache;
import io.github.repvgg4j.onednn.Cpu;
import io.github.repvgg4j.onednn.CpuFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;

/** Collects what decides how fast a network runs here, and what stands in the way. */
public final class Doctor {

  private static final long MEGABYTE = 1 << 20;

  private final List<Fact> facts = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  private Doctor() {}

  /** Starts the backend where it isn't running yet; never throws for a broken one. */
  public static DoctorReport examine() {
    Doctor doctor = new Doctor();
    doctor.examineMachine();
    doctor.examineMemory();
    CudaProbe probe = CudaProbe.run();
    if (doctor.examineBackend()) {
      doctor.examineHelpers();
    }
    doctor.examineCuda(probe);
    ServiceLoader.load(Examination.class).forEach(more -> doctor.facts.addAll(more.facts()));
    return new DoctorReport(doctor.facts, doctor.problems);
  }

  /** Machine, memory, backend and threads only: runs no network and no other program. */
  public static List<Fact> facts() {
    Doctor doctor = new Doctor();
    doctor.examineMachine();
    doctor.examineMemory();
    doctor.examineBackend();
    return List.copyOf(doctor.facts);
  }

  private void fact(String topic, String name, Object value) {
    facts.add(new Fact(topic, name, value == null ? "-" : value.toString()));
  }

  private void examineMachine() {
    fact("java", "version", System.getProperty("java.vm.name") + " " + Runtime.version());
    fact("os", "name", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    fact("os", "platform", Loader.getPlatform());
    examineNativeCache();
    fact("cpu", "model", cpuInfo("model name"));
    fact("cpu", "vector features", CpuFeature.present().map(Doctor::names).orElse(null));
    int cores = Runtime.getRuntime().availableProcessors();
    fact("cpu", "cores for Java", cores);
    ContainerLimits limits = ContainerLimits.read(Path.of("/sys/fs/cgroup"));
    fact("cpu", "container limit", limits.cpus());
    fact("memory", "container limit", limits.memory());
  }

  private void examineNativeCache() {
    try {
      NativeCache.prepare();
      fact("os", "natives unpacked in", NativeCache.folder());
    } catch (IOException e) {
      fact("os", "natives unpacked in", "nowhere");
      problems.add(new Problem("native libraries can't be unpacked", e.getMessage()));
    }
  }

  private static String cpuInfo(String key) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(null);
    } catch (IOException e) {
      return null;
    }
  }

  private static String names(Set<CpuFeature> features) {
    return features.stream().map(CpuFeature::toString).collect(Collectors.joining(" "));
  }

  private void examineMemory() {
    long heap = Runtime.getRuntime().maxMemory();
    fact("memory", "Java heap", heap / MEGABYTE + " MB (-Xmx)");
    fact("memory", "off-heap", Pointer.maxBytes() / MEGABYTE + " MB (javacpp.maxbytes)");
    long physical = Pointer.maxPhysicalBytes();
    fact("memory", "process", physical / MEGABYTE + " MB (javacpp.maxphysicalbytes)");
    if (physical > 0 && physical < heap + Pointer.maxBytes()) {
      problems.add(
          new Problem(
              "the process may use less than heap and off-heap memory together",
              "set -Dorg.bytedeco.javacpp.maxphysicalbytes to at least -Xmx plus maxbytes"));
    }
  }

  private boolean examineBackend() {
    try {
      BackendStartup.require();
    } catch (BackendUnavailableException e) {
      fact("backend", "name", "none runs");
      problems.add(new Problem("no backend runs", e.getMessage()));
      return false;
    }
    Properties environment = Nd4j.getExecutioner().getEnvironmentInformation();
    fact("backend", "name", Nd4j.getBackend().getClass().getSimpleName());
    fact("backend", "natives", nativeClassifier());
    boolean oneDnn = Nd4j.getBackend().buildInfo().contains("HAVE_ONEDNN");
    fact("backend", "libnd4j has oneDNN", oneDnn ? "yes" : "no");
    fact("backend", "own oneDNN", OneDnn.obstacle().or(Cpu::version).orElseThrow());
    fact("threads", "BLAS", environment.get("blas.vendor") + " " + environment.get("blas.threads"));
    fact("threads", "OpenMP", environment.get("omp.threads"));
    fact("threads", "OMP_NUM_THREADS", System.getenv("OMP_NUM_THREADS"));
    if ("CPU".equals(environment.get("backend"))) {
      adviseCpu(oneDnn, String.valueOf(environment.get("omp.threads")));
    }
    return true;
  }

  private static String nativeClassifier() {
    String marker = "nd4j-native-1.0.0-M2.1-";
    return Loader.getLoadedLibraries().values().stream()
        .filter(path -> path.contains(marker))
        .map(path -> path.substring(path.indexOf(marker) + marker.length()))
        .map(path -> path.substring(0, path.indexOf(".jar")))
        .findFirst()
        .orElse(null);
  }

  private void adviseCpu(boolean oneDnn, String threads) {
    PublishedNatives natives = new PublishedNatives(Loader.getPlatform());
    if (!oneDnn) {
      problems.add(
          new Problem("libnd4j without oneDNN, several times slower", natives.adviceForNd4j()));
    }
    if (OneDnn.obstacle().isPresent()) {
      problems.add(
          new Problem("oneDNN not loaded, no fast runtime or training", natives.adviceForOneDnn()));
    }
    int cores = Runtime.getRuntime().availableProcessors();
    if (threads.matches("\\d+") && Integer.parseInt(threads) > cores) {
      problems.add(
          new Problem(
              threads + " OpenMP threads on " + cores + " cores", "set OMP_NUM_THREADS=" + cores));
    }
  }

  /** Tries the accelerator on a convolution and a BatchNorm. */
  private void examineHelpers() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).name("convolution").nOut(16).build())
                .layer(new BatchNormalization.Builder().name("BatchNorm").build())
                .layer(new GlobalPoolingLayer())
                .layer(new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build())
                .setInputType(InputType.convolutional(8, 8, 3))
                .build());
    network.init();
    AccelerationReport report = Accelerator.enable(network);
    for (AccelerationReport.Entry entry : report.layers()) {
      fact("helpers", entry.layer(), entry.helper() + ", " + entry.reason());
    }
    for (AccelerationReport.Entry entry : report.stock()) {
      problems.add(
          new Problem(
              entry.layer() + " runs the slow stock path",
              String.format(
                  Locale.ROOT, "%s; see -D%s", entry.reason(), AccelerationMode.PROPERTY)));
    }
  }

  private void examineCuda(CudaProbe probe) {
    BackendStartup.ClassPath classPath = BackendStartup.ClassPath.current();
    fact("cuda", "nd4j-cuda on class path", classPath.cuda() ? "yes" : "no");
    if (probe.cards().isEmpty()) {
      fact("cuda", "card", probe.text());
    } else {
      fact("cuda", "driver", probe.cards().get(0).driver());
      probe.cards().forEach(card -> fact("cuda", "card", card.verdict()));
    }
    if (!classPath.cuda()) {
      return;
    }
    probe.mixed().ifPresent(line -> problems.add(new Problem("mixed cards", line)));
    if (BackendStartup.skipped() != null) {
      problems.add(
          new Problem(
              "CUDA does not run", CudaStart.explain(BackendStartup.skipped(), classPath, probe)));
    }
  }
}
