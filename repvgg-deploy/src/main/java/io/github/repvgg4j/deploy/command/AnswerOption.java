package io.github.repvgg4j.deploy.command;

import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Lines for a reader or JSON for a program, on standard output. */
final class AnswerOption {

  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--json", description = "Print JSON instead of lines.")
  private boolean json;

  /**
   * @param facts as JSON has them
   * @param text the same in lines, each with its line break
   */
  void print(Map<String, Object> facts, String text) {
    PrintWriter out = command.commandLine().getOut();
    out.print(json ? Json.text(facts) + System.lineSeparator() : text);
    out.flush();
  }
}
