package io.github.repvgg4j.weights.checkpoint;

import java.util.Set;

/**
 * Python names that no honest checkpoint refers to: what runs programs, code or commands. They
 * would be as inert here as any other name; a file that holds them is refused all the same, so that
 * its user hears of it before Python loads it.
 */
final class DangerousNames {

  private static final Set<String> MODULES =
      Set.of(
          "os",
          "posix",
          "nt",
          "subprocess",
          "_posixsubprocess",
          "pty",
          "runpy",
          "shutil",
          "socket",
          "_socket",
          "ctypes",
          "_ctypes",
          "importlib",
          "webbrowser",
          "pdb",
          "bdb",
          "timeit",
          "marshal",
          "pickle",
          "_pickle",
          "sys",
          "asyncio",
          "multiprocessing");

  private static final Set<String> BUILTINS =
      Set.of(
          "eval",
          "exec",
          "execfile",
          "compile",
          "open",
          "__import__",
          "input",
          "breakpoint",
          "globals",
          "apply");

  /** In modules whose names a user's own module may have as well. */
  private static final Set<String> FUNCTIONS =
      Set.of(
          "commands.getoutput",
          "commands.getstatusoutput",
          "popen2.popen2",
          "code.interact",
          "code.InteractiveInterpreter",
          "pip.main",
          "urllib.request.urlopen",
          "urllib.request.urlretrieve",
          "requests.get",
          "requests.post");

  /** Plain values that live in those modules. */
  private static final Set<String> HARMLESS =
      Set.of("os.stat_result", "os.terminal_size", "posix.stat_result");

  private DangerousNames() {}

  static boolean contains(String module, String name) {
    int dot = module.indexOf('.');
    String top = dot < 0 ? module : module.substring(0, dot);
    if (top.equals("builtins") || top.equals("__builtin__")) {
      int end = name.indexOf('.');
      return BUILTINS.contains(end < 0 ? name : name.substring(0, end));
    }
    String full = module + "." + name;
    return FUNCTIONS.contains(full) || (MODULES.contains(top) && !HARMLESS.contains(full));
  }
}
