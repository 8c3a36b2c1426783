package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.deploy.inspect.ModelFacts;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code inspect MODEL.zip}: what a model file is. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    header = "Tell what a model zip is: form, structure, layers, labels, provenance.",
    description = {
      "",
      "Reads any Deeplearning4j zip, checks it before loading, changes nothing.",
      "Parameters are those that training changes; MACs are multiply-accumulates for one image.",
      ""
    })
final class InspectCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL.zip", description = "A training form or a fast form.")
  private Path model;

  @Option(
      names = "--input",
      paramLabel = "C,H,W",
      converter = ShapeConverter.class,
      description = "Shape of one image, where the file does not say it.")
  private InputShape input;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    ModelFacts facts = ModelFacts.read(model, Optional.ofNullable(input));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.text(FactsView.json(facts)));
    } else {
      FactsView.print(facts, out);
    }
    out.flush();
    return ExitCode.OK;
  }
}
