package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.model.VariantRow;
import io.github.repvgg4j.text.TextTable;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code variants}: the catalogue of networks. */
@Command(
    name = "variants",
    mixinStandardHelpOptions = true,
    header = "List the published networks with size, work and accuracy.",
    description = {
      "",
      "Parameters and MACs of both forms are computed from the networks (1000 classes, 224 x 224);",
      "top-1 is what their authors published.",
      ""
    })
final class VariantsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<VariantRow> rows = VariantRow.all();
    if (json) {
      out.println(Json.text(rows.stream().map(VariantsCommand::json).toList()));
    } else {
      TextTable table = new TextTable().row(VariantRow.header().toArray());
      rows.forEach(row -> table.row(row.cells().toArray()));
      table.print(out, "");
    }
    out.flush();
    return ExitCode.OK;
  }

  private static Map<String, Object> json(VariantRow row) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("variant", row.variant().label());
    json.put("block", row.spec().blockOptions().kind().label());
    json.put("depths", row.spec().depths());
    json.put("widths", row.spec().widths());
    json.put("groups", row.spec().blockOptions().groups());
    json.put("squeezeExcitation", row.spec().blockOptions().squeezeExcitation());
    json.put("trainingParameters", row.training().parameters());
    json.put("trainingMacs", row.training().macs());
    json.put("fastParameters", row.fast().parameters());
    json.put("fastMacs", row.fast().macs());
    json.put(
        "top1",
        row.variant().published().top1().isPresent()
            ? row.variant().published().top1().getAsDouble()
            : null);
    json.put("source", row.variant().published().source());
    return json;
  }
}
