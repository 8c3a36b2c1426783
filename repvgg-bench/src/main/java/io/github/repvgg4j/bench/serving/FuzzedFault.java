package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.bench.serving.Connection.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Requests with random changes: bytes of header and body, cut off, doubled, put together.
 *
 * @param requests how many
 * @param seed of the changes
 */
record FuzzedFault(int requests, long seed) implements Fault {

  private static final int TIMEOUT_MILLIS = 1500;

  @Override
  public String name() {
    return String.format(Locale.ROOT, "%,d fuzzed requests", requests);
  }

  @Override
  public Outcome happen(Stage stage) throws Exception {
    try (ServerProcess server = stage.server()) {
      stage.isSound(server);
      long memory = server.residentMb();
      Map<String, Integer> outcomes = send(server, seeds(stage, server));
      boolean sound = stage.isSound(server);
      int errors =
          outcomes.entrySet().stream()
              .filter(each -> List.of("500", "502", "504").contains(each.getKey()))
              .mapToInt(Map.Entry::getValue)
              .sum();
      return new Outcome(
          sound && errors == 0,
          String.format(
              Locale.ROOT,
              "%s; %d MB before, %d MB after, %d threads; sound: %s",
              outcomes,
              memory,
              server.residentMb(),
              server.threads(),
              sound));
    }
  }

  private static List<byte[]> seeds(Stage stage, ServerProcess server) throws Exception {
    List<byte[]> seeds = new ArrayList<>();
    for (Calls calls : Calls.values()) {
      seeds.add(calls.of(stage.files(), stage.expected(), server.address()).get(0).request());
    }
    for (String path : List.of("/", "/v2", "/v2/models/a0", "/v2/models/a0/ready", "/metrics")) {
      seeds.add(Call.get(server.address().resolve(path)).request());
    }
    seeds.addAll(FuzzedBytes.jsonRequests(server.address()));
    return seeds;
  }

  private Map<String, Integer> send(ServerProcess server, List<byte[]> seeds) {
    FuzzedBytes fuzz = new FuzzedBytes(seed);
    Map<String, Integer> outcomes = new TreeMap<>();
    for (int i = 0; i < requests; i++) {
      outcomes.merge(sendOne(server, fuzz.change(seeds.get(i % seeds.size()))), 1, Integer::sum);
    }
    return outcomes;
  }

  private static String sendOne(ServerProcess server, byte[] request) {
    try (Connection connection = new Connection(server.address(), TIMEOUT_MILLIS)) {
      connection.send(request, request.length);
      connection.endOfRequest();
      Answer answer = connection.receive();
      return Integer.toString(answer.status());
    } catch (IOException e) {
      return "no answer";
    }
  }
}
