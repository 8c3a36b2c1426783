package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.bench.serving.Load.Pace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Many connections that send nothing, or the first half of a request, and stay.
 *
 * @param share of a whole request that each sends
 */
record SilentFault(int connections, double share) implements Fault {

  @Override
  public String name() {
    return share == 0
        ? connections + " connections that send nothing"
        : connections + " connections that stop half-way in a body";
  }

  @Override
  public Outcome happen(Stage stage) throws Exception {
    try (ServerProcess server = stage.server()) {
      stage.isSound(server);
      long memory = server.residentMb();
      long threads = server.threads();
      long descriptors = server.descriptors();
      List<Connection> silent = new ArrayList<>();
      try {
        byte[] request = stage.load(server, Pace.full(1)).calls().get(0).request();
        for (int i = 0; i < connections; i++) {
          silent.add(new Connection(server.address(), 60_000));
          silent.get(i).send(request, (int) (share * request.length));
        }
        LoadResult others = stage.load(server, Pace.steadyFor(5, 20)).run();
        String during = state(server);
        String ends = ends(silent);
        Thread.sleep(1000);
        return new Outcome(
            others.failed() == 0 && others.wrong() == 0 && stage.isSound(server),
            String.format(
                Locale.ROOT,
                "before %d MB, %d threads, %d descriptors; with them %s; others meanwhile: %s;"
                    + " their ends: %s; afterwards %s",
                memory,
                threads,
                descriptors,
                during,
                others,
                ends,
                state(server)));
      } finally {
        close(silent);
      }
    }
  }

  private static String state(ServerProcess server) throws IOException {
    return String.format(
        Locale.ROOT,
        "%d MB, %d threads, %d descriptors",
        server.residentMb(),
        server.threads(),
        server.descriptors());
  }

  /** What the server does with the first and the last of them, and after how long. */
  private static String ends(List<Connection> silent) {
    long start = System.nanoTime();
    List<String> ends = new ArrayList<>();
    for (Connection each : Arrays.asList(silent.get(0), silent.get(silent.size() - 1))) {
      String end;
      try {
        end = "status " + each.receive().status();
      } catch (IOException e) {
        end = e.getMessage();
      }
      ends.add(
          String.format(Locale.ROOT, "%s after %.0f s", end, (System.nanoTime() - start) / 1e9));
    }
    return ends.toString();
  }

  private static void close(List<Connection> silent) throws IOException {
    for (Connection each : silent) {
      each.close();
    }
  }
}
