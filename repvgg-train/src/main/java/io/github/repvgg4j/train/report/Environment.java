package io.github.repvgg4j.train.report;

import io.github.repvgg4j.accelerate.Doctor;
import io.github.repvgg4j.accelerate.DoctorReport;
import java.util.ArrayList;
import java.util.List;

/** What the run ran on and with. */
final class Environment {

  private Environment() {}

  record Fact(String name, String value) {}

  /**
   * @param program name and version
   * @param loaderThreads that prepared the images
   * @param acceleration what the fast helpers did, one line
   */
  static List<Fact> facts(String program, int loaderThreads, String acceleration) {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("program", program));
    for (DoctorReport.Fact fact : Doctor.facts()) {
      if (!fact.value().equals("-")) {
        facts.add(new Fact(fact.topic() + ": " + fact.name(), fact.value()));
      }
    }
    facts.add(new Fact("loader threads", Integer.toString(loaderThreads)));
    facts.add(new Fact("acceleration", acceleration));
    return facts;
  }
}
