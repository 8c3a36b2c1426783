package io.github.repvgg4j.bench.serving;

import picocli.CommandLine.Command;

/** The server, from outside. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Measures repvgg-serve: throughput, overload, faults, start, answers, peers.",
    subcommands = {
      SaturationCommand.class,
      PeersCommand.class,
      OverloadCommand.class,
      FaultsCommand.class,
      StartCommand.class,
      AnswersCommand.class
    })
public final class ServeCommand {}
