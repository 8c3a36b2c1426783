package io.github.repvgg4j.train.run;

import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * {@code metrics.csv} (RFC 4180): a head with the names of {@code metrics.jsonl}, a line an epoch,
 * nothing between two commas where an epoch was not tested. For spreadsheets and data frames.
 */
final class MetricsTable {

  private MetricsTable() {}

  static byte[] of(List<EpochMetrics> metrics) throws IOException {
    CsvSchema.Builder columns = CsvSchema.builder().setUseHeader(true).setLineSeparator("\r\n");
    for (RecordComponent component : EpochMetrics.class.getRecordComponents()) {
      columns.addColumn(component.getName());
    }
    String text = new CsvMapper().writer(columns.build()).writeValueAsString(metrics);
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
