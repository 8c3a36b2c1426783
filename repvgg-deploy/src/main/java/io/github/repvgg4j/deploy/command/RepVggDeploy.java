package io.github.repvgg4j.deploy.command;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program's root: lists the commands, holds what they share. */
@Command(
    name = "repvgg-deploy",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      ImportWeightsCommand.class,
      ConvertCommand.class,
      QuantizeCommand.class,
      ReadinessCommand.class,
      VerifyCommand.class,
      RestoreCommand.class,
      ExportOnnxCommand.class,
      ExportWeightsCommand.class,
      PredictCommand.class,
      InferCommand.class,
      EvaluateCommand.class,
      InspectCommand.class,
      VariantsCommand.class,
      DoctorCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    header = "Turns a trained RepVGG into its fast form, and answers with either.",
    description = {
      "",
      "A training zip holds three branches a block; its fast form holds one 3x3 convolution",
      "a block, gives the same answers, and is a plain Deeplearning4j zip.",
      ""
    },
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:failed; one line on standard error says why", "2:wrong usage"},
    footer = {
      "",
      "Examples:",
      "  repvgg-deploy convert runs/quickstart/model.zip",
      "  repvgg-deploy predict runs/quickstart/fast.zip photo.jpg",
      "",
      "'repvgg-deploy COMMAND --help' explains a command."
    })
public final class RepVggDeploy implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "With an error, print its stack trace too.")
  private boolean verbose;

  boolean verbose() {
    return verbose;
  }

  /** Without a command: the help, on standard error. */
  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    spec.commandLine().usage(err);
    return ExitCode.USAGE;
  }
}
