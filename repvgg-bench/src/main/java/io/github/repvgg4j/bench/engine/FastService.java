package io.github.repvgg4j.bench.engine;

import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@link OneEngine} for the fast runtime: on the class path of a service that only answers, which
 * has neither ND4J nor Deeplearning4j. Arguments as {@link EngineProcess} gives them.
 */
final class FastService {

  private FastService() {}

  public static void main(String[] arguments) throws IOException {
    RuntimeOptions plain = RuntimeOptions.of(Precision.valueOf(arguments[1]));
    RuntimeOptions options =
        switch (arguments[0]) {
          case Engines.FAST_CHECKED -> plain;
          case Engines.FAST_DIRECT -> plain.selfCheck(SelfCheck.SKIP);
          default -> plain.selfCheck(SelfCheck.SKIP).convolutions(Convolutions.FASTEST);
        };
    FastNetwork network = FastNetwork.load(Path.of(arguments[3]), options);
    InputShape shape = InputShape.square(Integer.parseInt(arguments[5]));
    int batch = Integer.parseInt(arguments[6]);
    float[] images = new float[batch * shape.channels() * shape.height() * shape.width()];
    network.logits(images, batch, shape);
    double millis =
        System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    network.logits(images, batch, shape);
    System.out.println(EngineProcess.MARK + millis + " " + peakResidentMb());
    Runtime.getRuntime().halt(0); // what follows is not the engine's
  }

  private static long peakResidentMb() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElse(0);
  }
}
