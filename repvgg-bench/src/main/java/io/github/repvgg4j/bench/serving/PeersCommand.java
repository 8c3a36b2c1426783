package io.github.repvgg4j.bench.serving;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "peers")
public final class PeersCommand implements Callable<Integer> {
  @Mixin private ServingOptions options;

  @Override
  public Integer call() throws Exception {
    options.files();
    return 0;
  }
}
