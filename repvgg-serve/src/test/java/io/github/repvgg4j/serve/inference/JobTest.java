package io.github.repvgg4j.serve.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.serve.batch.RowTimes;
import io.github.repvgg4j.serve.fault.RequestFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request's images, of which one has no answer. */
class JobTest {

  private static final RowTimes TIMES = new RowTimes(1, 1, 2);

  private final RequestFault fault = RequestFault.bad("no number");
  private final Job job = new Job(2, fault);

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void failsWhereALogitIsNoNumber(float logit) {
    job.listener(0, 0).computed(new float[] {1, 2}, TIMES);
    job.listener(1, 0).computed(new float[] {1, logit}, TIMES);
    assertThat(job.answer()).isCompletedExceptionally();
    assertThat(job.answer().handle((results, failure) -> failure)).isCompletedWithValue(fault);
  }

  @Test
  void isDoneWithItsLastImage() {
    job.listener(1, 0).computed(new float[] {Float.MAX_VALUE}, TIMES);
    assertThat(job.isDone()).isFalse();
    job.listener(0, 0).computed(new float[] {-0f}, TIMES);
    assertThat(job.answer()).isCompletedWithValueMatching(results -> results.size() == 2);
  }
}
