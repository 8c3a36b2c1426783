package io.github.repvgg4j.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScheduleTest {

  private static final int STEPS = 200;

  static Stream<Arguments> schedules() {
    return Stream.of(
        Arguments.of("step", new Schedule.Step(0.4, 30, 0.3)),
        Arguments.of("step", new Schedule.EpochStep(0.4, Course.uniform(20, 10, 1), 1.5, 0.3)),
        Arguments.of("multistep", new Schedule.MultiStep(0.4, List.of(20L, 50L, 120L), 0.2)),
        Arguments.of("polynomial", new Schedule.Polynomial(0.4, STEPS, 2)),
        Arguments.of("cosine", new Schedule.Cosine(0.4, STEPS, 0.01)),
        Arguments.of("onecycle", new Schedule.OneCycle(0.4, STEPS + 1, 0.3, 25, 1e4)),
        Arguments.of("warmup", new Schedule.WarmUp(25, 0.4, new Schedule.Cosine(0.4, STEPS, 0))));
  }

  /** PyTorch divides by zero there. */
  @ParameterizedTest
  @CsvSource({"10, 0.1", "20, 0.05", "100, 0.01", "1, 1", "5, 0", "1, 0"})
  void oneCycleMayRiseInItsFirstUpdate(long updates, double rise) {
    Schedule schedule = new Schedule.OneCycle(0.4, updates, rise, 25, 1e4);
    for (long t = 0; t < updates; t++) {
      assertThat(schedule.at(t)).as("%d", t).isBetween(0.0, 0.4);
    }
  }

  @Test
  void triangleIsAirbenchs() {
    JsonNode expected = TorchFixture.recipe().path("triangle");
    Schedule schedule = new Schedule.Triangle(0.4, STEPS, 0.2, 0.23, 0.07);
    assertThat(expected).hasSize(STEPS);
    for (int t = 0; t < STEPS; t++) {
      assertThat(schedule.at(t)).isCloseTo(expected.get(t).asDouble(), within(1e-12));
    }
    assertThat(schedule.at(STEPS)).isCloseTo(0.4 * 0.07, within(1e-12));
  }

  @Test
  void exponentialGoesFromOneRateToTheOther() {
    Schedule schedule = new Schedule.Exponential(1e-4, 10, 101);
    assertThat(schedule.at(0)).isEqualTo(1e-4);
    assertThat(schedule.at(50)).isCloseTo(Math.sqrt(1e-3), within(1e-9));
    assertThat(schedule.at(100)).isCloseTo(10, within(1e-9));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("schedules")
  void ratesArePyTorchs(String name, Schedule schedule) {
    JsonNode expected = TorchFixture.read().path("schedules").path(name);
    assertThat(expected).hasSize(STEPS);
    for (int t = 0; t < STEPS; t++) {
      assertThat(schedule.at(t))
          .as("iteration %d", t)
          .isCloseTo(expected.get(t).asDouble(), within(1e-12));
    }
  }
}
