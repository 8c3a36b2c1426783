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
    description =
        "Every image's answer compared with the runtime's own, alone and in batches. With"
            + " --convolutions FASTEST each process measures for itself, and last digits may differ.")
public final class AnswersCommand implements Callable<Integer> {

  private static final int CONNECTIONS = 16;

  @Mixin private ServingOptions options;

  @Option(names = "--count", defaultValue = "500", description = "Images (${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--precisions",
      split = ",",
      defaultValue = "FP32,BF16",
      description = "Default: ${DEFAULT-VALUE}; INT8 of a zip that was quantised.")
  private List<Precision> precisions;

  private record Alone(int equalBits, double largestDifference, int wrongClasses) {}

  @Override
  public Integer call() throws Exception {
    ServingFiles files = options.files(count);
    Table table =
        new Table(
            "precision | images | one at a time: equal bits | largest difference | JPEG: other"
                + " classes or probabilities | 16 at once: tensors beyond tolerance | JPEG beyond tolerance"
                + " | failed");
    long faults = 0;
    for (Precision precision : precisions) {
      Arithmetic arithmetic = options.arithmetic().precision(precision);
      Expected expected = Expected.of(files, arithmetic);
      try (ServerProcess server = options.start().with(options.serving(files.zip(), arithmetic))) {
        double allowed = arithmetic.isExact() ? 0 : arithmetic.tolerance();
        Alone alone = alone(server, files, expected, allowed);
        LoadResult tensors = together(Calls.TENSOR, server, files, expected);
        LoadResult jpegs = together(Calls.JPEG, server, files, expected);
        table.row(
            "%s | %d | %d | %.1e | %d | %d | %d | %d",
            arithmetic,
            count,
            alone.equalBits(),
            alone.largestDifference(),
            alone.wrongClasses(),
            tensors.wrong(),
            jpegs.wrong(),
            tensors.failed() + jpegs.failed());
        faults += (alone.largestDifference() > allowed ? 1 : 0) + alone.wrongClasses();
        faults += arithmetic.isExact() ? count - alone.equalBits() : 0;
        faults += tensors.wrong() + jpegs.wrong() + tensors.failed() + jpegs.failed();
      }
    }
    System.out.print(table);
    return faults == 0 ? 0 : 1;
  }

  private Alone alone(ServerProcess server, ServingFiles files, Expected expected, double allowed)
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
        wrongClasses += expected.classesOf(i, allowed).test(classes) ? 0 : 1;
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
