package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.bench.measure.Table;
import io.github.repvgg4j.bench.serving.Connection.Answer;
import io.github.repvgg4j.bench.serving.Load.Pace;
import io.github.repvgg4j.onednn.Precision;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether the server says what the runtime says. */
@Command(
    name = "answers",
    mixinStandardHelpOptions = true,
    description = "Every image's answer compared with the runtime's own, alone and in batches.")
public final class AnswersCommand implements Callable<Integer> {

  private static final int CONNECTIONS = 16;

  @Mixin private ServingOptions options;

  @Option(names = "--count", defaultValue = "500", description = "Images (${DEFAULT-VALUE}).")
  private int count;

  @Option(names = "--precisions", split = ",", description = "Default: all that the runtime has.")
  private List<Precision> precisions = List.of(Precision.values());

  private record Alone(int equalBits, double largestDifference, int wrongClasses) {}

  @Override
  public Integer call() throws Exception {
    ServingFiles files = options.files(count);
    Table table =
        new Table(
            "precision | images | one at a time: equal bits | largest difference | JPEG: other"
                + " classes or probabilities | 16 at once: tensors beyond 1e-6 | JPEG beyond 1e-6"
                + " | failed");
    long faults = 0;
    for (Precision precision : precisions) {
      Expected expected = Expected.of(files, precision);
      try (ServerProcess server = options.start().with(options.serving(files.zip(), precision))) {
        Alone alone = alone(server, files, expected);
        LoadResult tensors = together(Calls.TENSOR, server, files, expected);
        LoadResult jpegs = together(Calls.JPEG, server, files, expected);
        table.row(
            "%s | %d | %d | %.1e | %d | %d | %d | %d",
            precision,
            count,
            alone.equalBits(),
            alone.largestDifference(),
            alone.wrongClasses(),
            tensors.wrong(),
            jpegs.wrong(),
            tensors.failed() + jpegs.failed());
        faults += count - alone.equalBits() + alone.wrongClasses();
        faults += tensors.wrong() + jpegs.wrong() + tensors.failed() + jpegs.failed();
      }
    }
    System.out.print(table);
    return faults == 0 ? 0 : 1;
  }

  private Alone alone(ServerProcess server, ServingFiles files, Expected expected)
      throws Exception {
    int equal = 0;
    int wrongClasses = 0;
    double largest = 0;
    List<Call> tensors = Calls.TENSOR.of(files, expected, server.address());
    try (Connection connection = new Connection(server.address(), 60_000)) {
      for (int i = 0; i < count; i++) {
        float[] logits = Protocol.floats(connection.exchange(tensors.get(i).request()));
        equal += expected.sameBits(i, logits) ? 1 : 0;
        largest = Math.max(largest, expected.logitDifference(i, logits));
        Answer classes =
            connection.exchange(
                Call.post(
                        Protocol.predictions(server.address(), ServingFiles.MODEL, Expected.TOP),
                        Protocol.jpeg(),
                        Files.readAllBytes(files.images().get(i)),
                        Call.ANY)
                    .request());
        wrongClasses += expected.classesOf(i, 0).test(classes) ? 0 : 1;
      }
    }
    return new Alone(equal, largest, wrongClasses);
  }

  private LoadResult together(
      Calls calls, ServerProcess server, ServingFiles files, Expected expected) throws Exception {
    List<Call> all = calls.of(files, expected, server.address());
    return new Load(server.address(), all, CONNECTIONS, Pace.full(all.size())).run();
  }
}
