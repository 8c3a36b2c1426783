package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VariantsCommandTest {

  @Test
  void catalogueHasOneRowForEachNetwork() {
    Cli run = Cli.run("variants");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines()).hasSize(21);
    assertThat(run.out().lines().filter(line -> line.startsWith("B1g4")).findFirst())
        .hasValueSatisfying(
            line ->
                assertThat(line).contains("39.97/36.13").contains("8.15/7.31").contains("77.58"));
    assertThat(Cli.run("variants", "--json").out())
        .contains("\"variant\" : \"D2se\"")
        .contains("\"fastParameters\" : ");
  }
}
