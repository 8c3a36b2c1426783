package io.github.repvgg4j.train;

import io.github.repvgg4j.train.config.ConfigSchema;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code schema}: what an editor needs to complete and check a configuration. */
@Command(
    name = "schema",
    mixinStandardHelpOptions = true,
    header = "Print the JSON Schema of CONFIG.yaml, for editors: keys, defaults, limits.",
    description = {
      "",
      "In the file itself: # yaml-language-server: $schema=config.schema.json",
      ""
    })
final class SchemaCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(ConfigSchema.text());
    out.flush();
    return 0;
  }
}
