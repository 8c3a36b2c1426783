package io.github.repvgg4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class VariantRowTest {

  /** The rows to paste into docs/variants.md are in the message when this fails. */
  @Test
  void documentedTableIsTheComputedOne() throws IOException {
    List<String> table = VariantRow.all().stream().map(VariantRowTest::markdown).toList();
    List<String> page = Files.readAllLines(Path.of("..", "docs", "variants.md"));
    assertThat(page).contains(markdown(VariantRow.header())).containsAll(table);
  }

  private static String markdown(VariantRow row) {
    return markdown(row.cells());
  }

  private static String markdown(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |";
  }
}
