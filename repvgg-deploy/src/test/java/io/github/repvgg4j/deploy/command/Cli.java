package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.deploy.DeployMain;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;

/** One run of the program: its exit code and what it printed. */
record Cli(int exitCode, String out, String err) {

  static Cli run(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] texts = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    int code = DeployMain.run(new PrintWriter(out), new PrintWriter(err), texts);
    return new Cli(code, out.toString(), err.toString());
  }
}
