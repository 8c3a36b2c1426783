package io.github.repvgg4j.train;

import io.github.repvgg4j.text.FailureWords;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.report.Comparison;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Several runs in one table and one page. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    header = "Print one table over runs and write a page with their curves.")
final class CompareCommand implements Callable<Integer> {

  @Parameters(arity = "1..*", paramLabel = "RUN", description = "Folders of runs.")
  private List<Path> folders;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.html",
      defaultValue = "compare.html",
      description = "The page (default: ${DEFAULT-VALUE}); an earlier one is replaced.")
  private Path page;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    if (!page.toString().endsWith(".html")) {
      err.println("error: " + page + ": the page's name must end in .html");
      return 2;
    }
    try {
      Comparison comparison = Comparison.of(folders);
      comparison.write(page);
      PrintWriter out = spec.commandLine().getOut();
      out.print(comparison.table());
      out.println(page);
      out.flush();
      return 0;
    } catch (ConfigException | IOException e) {
      err.println("error: " + FailureWords.of(e));
      return 1;
    }
  }
}
