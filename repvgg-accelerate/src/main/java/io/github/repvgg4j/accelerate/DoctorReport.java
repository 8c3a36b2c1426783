package io.github.repvgg4j.accelerate;

import io.github.repvgg4j.text.TextTable;
import java.util.List;

/**
 * What runs here.
 *
 * @param facts in reading order
 * @param problems what is wrong or slow, each with what to do about it
 */
public record DoctorReport(List<Fact> facts, List<Problem> problems) {

  /**
   * @param topic such as "cpu" or "cuda"
   * @param name within the topic
   * @param value as text, "-" where unknown
   */
  public record Fact(String topic, String name, String value) {}

  /**
   * @param what one line
   * @param advice what to do, one line
   */
  public record Problem(String what, String advice) {}

  public DoctorReport {
    facts = List.copyOf(facts);
    problems = List.copyOf(problems);
  }

  /** What to do, one line a problem; empty where all is well. */
  public List<String> advice() {
    return problems.stream().map(problem -> problem.what() + ": " + problem.advice()).toList();
  }

  /** Plain text, to be pasted into a bug report. */
  public String table() {
    TextTable table = new TextTable().row("topic", "what", "value");
    for (Fact fact : facts) {
      table.row(fact.topic(), fact.name(), fact.value());
    }
    StringBuilder text = new StringBuilder(table.toString()).append('\n');
    if (problems.isEmpty()) {
      return text.append("No problems found.\n").toString();
    }
    for (String line : advice()) {
      text.append("! ").append(line).append('\n');
    }
    return text.toString();
  }
}
