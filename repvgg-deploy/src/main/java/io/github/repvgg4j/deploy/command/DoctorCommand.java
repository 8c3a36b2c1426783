package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.accelerate.Doctor;
import io.github.repvgg4j.accelerate.DoctorReport;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doctor}: what runs on this machine, and what stands in the way. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    header = "Tell which backend runs here, how fast it can be, and what to do about problems.",
    description = {"", "Its output belongs into a bug report.", ""})
final class DoctorCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  @Override
  public Integer call() {
    DoctorReport report = Doctor.examine();
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? Json.text(report) + "\n" : report.table());
    out.flush();
    return ExitCode.OK;
  }
}
