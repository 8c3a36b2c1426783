package io.github.repvgg4j.cuda;

import io.github.repvgg4j.accelerate.DoctorReport.Fact;
import io.github.repvgg4j.accelerate.Examination;
import java.util.List;

/** Whether training can run on a card, and on which. */
public final class CudaExamination implements Examination {

  @Override
  public List<Fact> facts() {
    return List.of(new Fact("cuda", "card for training", CudaDevices.describe()));
  }
}
