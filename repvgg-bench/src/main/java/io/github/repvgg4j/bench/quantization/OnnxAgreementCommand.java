package io.github.repvgg4j.bench.quantization;

import io.github.repvgg4j.bench.measure.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Whether ONNX Runtime answers as the fast runtime does in INT8, as a Markdown table. */
@Command(
    name = "onnx-agreement",
    mixinStandardHelpOptions = true,
    description =
        "INT8 zips in the fast runtime beside their QDQ files in ONNX Runtime: classes, bits, and"
            + " what is left where both round at the same places.")
public final class OnnxAgreementCommand implements Callable<Integer> {

  @Parameters(arity = "1..*", paramLabel = "INT8.zip", description = "Quantized, not lean.")
  private List<Path> models;

  @Option(names = "--data", required = true, description = "Data set with test/.")
  private Path data;

  @Override
  public Integer call() throws IOException {
    Table table =
        new Table(
            "network | right: FP32 | fast runtime | ONNX Runtime | images | other class | widest"
                + " margin among those | median margin | largest difference | rounded alike: same"
                + " bits | other class | largest difference");
    for (Path model : models) {
      OnnxAgreement found = OnnxAgreement.of(model, data);
      Agreement quantised = found.asQuantised();
      Agreement alike = found.roundedAlike();
      table.row(
          "%s | %.2f %% | %.2f %% | %.2f %% | %d | %d | %.4f | %.4f | %.4f | %d | %d | %.4f",
          model,
          100 * found.floatRight(),
          100 * found.fastRight(),
          100 * found.onnxRight(),
          quantised.images(),
          quantised.otherClass(),
          quantised.widestMargin(),
          quantised.medianMargin(),
          quantised.largestDifference(),
          alike.sameBits(),
          alike.otherClass(),
          alike.largestDifference());
    }
    System.out.print(table);
    return 0;
  }
}
