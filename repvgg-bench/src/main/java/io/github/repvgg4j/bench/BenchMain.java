package io.github.repvgg4j.bench;

import io.github.repvgg4j.bench.inference.ArticleCommand;
import io.github.repvgg4j.bench.inference.InferenceCommand;
import io.github.repvgg4j.bench.loading.LoaderCommand;
import io.github.repvgg4j.bench.quantization.OnnxAgreementCommand;
import io.github.repvgg4j.bench.quantization.QuantizationCommand;
import io.github.repvgg4j.bench.runtime.ColdStartCommand;
import io.github.repvgg4j.bench.runtime.LifeCommand;
import io.github.repvgg4j.bench.runtime.MemoryCommand;
import io.github.repvgg4j.bench.runtime.ScalingCommand;
import io.github.repvgg4j.bench.serving.ServeCommand;
import io.github.repvgg4j.bench.training.AccuracyForTimeCommand;
import io.github.repvgg4j.bench.training.TrainingCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Commands that measure; {@code --help} lists them. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures RepVGG networks in several engines, honestly.",
    subcommands = {
      InferenceCommand.class,
      ArticleCommand.class,
      TrainingCommand.class,
      AccuracyForTimeCommand.class,
      ScalingCommand.class,
      LifeCommand.class,
      ColdStartCommand.class,
      MemoryCommand.class,
      LoaderCommand.class,
      QuantizationCommand.class,
      OnnxAgreementCommand.class,
      ServeCommand.class
    })
public final class BenchMain {

  private BenchMain() {}

  /** Exit code 0 measured, 1 failed, 2 wrong usage. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new BenchMain())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }
}
