package io.github.repvgg4j.accelerate;

import java.util.List;

/** What another module adds to the {@link Doctor}'s facts; found by {@code ServiceLoader}. */
public interface Examination {

  /** Never throws for something broken, but says so. */
  List<DoctorReport.Fact> facts();
}
