package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.bench.serving.Load.Pace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The model's file replaced again and again, by two networks in turns, under load. Each answer must
 * be one of theirs.
 *
 * @param times how often
 */
record SwappedFault(int times) implements Fault {

  private static final int SWAP_SECONDS = 60;
  private static final double REQUESTS_PER_SECOND = 20;

  @Override
  public String name() {
    return "model replaced " + times + " times under load";
  }

  @Override
  public Outcome happen(Stage stage) throws Exception {
    Path folder = Files.createDirectories(stage.folder().resolve("swapped"));
    Path served = folder.resolve(ServingFiles.MODEL + ".zip");
    List<Path> zips = List.of(stage.files().zip(), stage.files().other());
    List<Expected> networks =
        List.of(
            stage.expected(),
            Expected.of(zips.get(1), stage.files(), stage.options().arithmetic()));
    Files.copy(zips.get(0), served, StandardCopyOption.REPLACE_EXISTING);
    try (ServerProcess server = stage.options().start().with(stage.options().serving(folder))) {
      long before = server.residentMb();
      List<Call> calls = calls(stage, networks, server.address());
      RunningLoad load =
          RunningLoad.start(
              new Load(server.address(), calls, 4, Pace.steadyFor(1e6, REQUESTS_PER_SECOND)));
      long start = System.nanoTime();
      for (int i = 1; i <= times; i++) {
        BadModelFault.replace(served, Files.readAllBytes(zips.get(i % 2)));
        awaitAnswer(calls.get(0), networks.get(i % 2), server.address());
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      load.stop();
      LoadResult result = load.result();
      return new Outcome(
          result.failed() == 0 && result.wrong() == 0,
          String.format(
              Locale.ROOT,
              "%.1f s for each; %s; %d MB before, %d MB after",
              seconds / times,
              result,
              before,
              server.residentMb()));
    }
  }

  private static List<Call> calls(Stage stage, List<Expected> networks, URI server)
      throws IOException {
    List<Call> calls = new ArrayList<>();
    List<List<Call>> each = new ArrayList<>();
    for (Expected network : networks) {
      each.add(Calls.JPEG.of(stage.files(), network, server));
    }
    for (int i = 0; i < each.get(0).size(); i++) {
      Predicate<Connection.Answer> first = each.get(0).get(i).right();
      Predicate<Connection.Answer> second = each.get(1).get(i).right();
      calls.add(new Call(each.get(0).get(i).request(), first.or(second)));
    }
    return calls;
  }

  /** Until the network just put there answers. */
  private static void awaitAnswer(Call call, Expected network, URI server) throws Exception {
    Predicate<Connection.Answer> right = network.classesOf(0, network.tolerance());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SWAP_SECONDS);
    try (Connection connection = new Connection(server, 60_000)) {
      while (!right.test(connection.exchange(call.request()))) {
        if (System.nanoTime() > end) {
          throw new IOException("the replaced model does not answer after " + SWAP_SECONDS + " s");
        }
        Thread.sleep(50);
      }
    }
  }
}
