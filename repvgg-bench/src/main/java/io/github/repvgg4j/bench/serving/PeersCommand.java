package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.bench.measure.Table;
import io.github.repvgg4j.bench.serving.Load.Pace;
import io.github.repvgg4j.bench.serving.Peer.Setting;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Our server and others, under the same load by the same client. */
@Command(
    name = "peers",
    mixinStandardHelpOptions = true,
    description =
        "Throughput at saturation, and p99 at half of the slowest's, beside MLServer and TorchServe.")
public final class PeersCommand implements Callable<Integer> {

  private static final List<Setting> SETTINGS =
      List.of(new Setting(1, 2, 8), new Setting(1, 2, 1), new Setting(2, 1, 1));

  @Mixin private ServingOptions options;

  @Option(names = "--mlserver", description = "Folder of its Python environment.")
  private Path mlserver;

  @Option(names = "--torchserve", description = "Folder of its Python environment.")
  private Path torchserve;

  @Option(names = "--seconds", defaultValue = "10", description = "Of each load.")
  private double seconds;

  @Option(names = "--connections", defaultValue = "8")
  private int connections;

  @Option(names = "--sent", split = ",", defaultValue = "JPEG,TENSOR")
  private List<Calls> sent;

  @Option(
      names = "--half-load",
      description = "Requests a second; default: half of what each server itself carries.")
  private Double halfLoad;

  private final Table table =
      new Table(
          "server | setting | sent | images/s | p50 ms | p99 ms | failed | at half load: images/s"
              + " | p50 ms | p99 ms");

  @Override
  public Integer call() throws Exception {
    ServingFiles files = options.files();
    Expected expected = Expected.of(files, options.arithmetic());
    try (ServerProcess server = options.start().with(options.serving(files.zip()))) {
      for (Calls calls : sent) {
        row(
            "repvgg-serve",
            options.arithmetic().toString(),
            calls,
            server.address(),
            calls.of(files, expected, server.address()));
      }
    }
    Map<Peer, Path> homes = new EnumMap<>(Peer.class);
    if (mlserver != null) {
      homes.put(Peer.MLSERVER, mlserver.toAbsolutePath());
    }
    if (torchserve != null) {
      homes.put(Peer.TORCHSERVE, torchserve.toAbsolutePath());
    }
    for (Map.Entry<Peer, Path> home : homes.entrySet()) {
      for (Setting setting : SETTINGS) {
        measure(home.getKey(), home.getValue(), setting, files, expected);
      }
    }
    System.out.print(table);
    return 0;
  }

  private void measure(
      Peer peer, Path python, Setting setting, ServingFiles files, Expected expected)
      throws Exception {
    byte[] first = Files.readAllBytes(files.images().get(0));
    try (PeerProcess process = PeerProcess.start(peer, setting, files, python, first)) {
      for (Calls calls : sent) {
        List<Call> all = new ArrayList<>();
        for (byte[] content : contents(calls, files, expected)) {
          all.add(peer.call(process.address(), content));
        }
        row(peer.label(), setting.toString(), calls, process.address(), all);
      }
    } catch (IOException e) {
      System.err.println(peer.label() + ", " + setting + ": " + e.getMessage());
    }
  }

  private static List<byte[]> contents(Calls calls, ServingFiles files, Expected expected)
      throws IOException {
    List<byte[]> contents = new ArrayList<>();
    for (int i = 0; i < files.images().size(); i++) {
      contents.add(
          calls == Calls.JPEG
              ? Files.readAllBytes(files.images().get(i))
              : bytes(expected.inputs().get(i)));
    }
    return contents;
  }

  private static byte[] bytes(float[] numbers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(numbers);
    return bytes.array();
  }

  private void row(String server, String setting, Calls calls, URI address, List<Call> all)
      throws InterruptedException {
    Load load = new Load(address, all, connections, Pace.fullFor(seconds));
    load.at(Pace.fullFor(seconds / 2)).run();
    LoadResult full = load.run();
    double half = halfLoad == null ? full.perSecond() / 2 : halfLoad;
    LoadResult calm = load.at(Pace.steadyFor(seconds, half)).run();
    table.row(
        "%s | %s | %s | %.1f | %.1f | %.1f | %d | %.1f | %.1f | %.1f",
        server,
        setting,
        calls,
        full.perSecond(),
        full.millis(0.5),
        full.millis(0.99),
        full.failed() + full.wrong() + calm.failed() + calm.wrong(),
        calm.perSecond(),
        calm.millis(0.5),
        calm.millis(0.99));
  }
}
