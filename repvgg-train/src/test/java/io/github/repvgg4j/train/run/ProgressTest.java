package io.github.repvgg4j.train.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How far a run has come, as checkpoints hold it. */
class ProgressTest {

  private static final String FLAT =
      "{\"fingerprint\":\"f\",\"data\":\"d\",\"epoch\":3,\"batch\":7,\"iteration\":31,\"steps\":62,"
          + "\"lossSum\":1.5,\"images\":96,\"epochSeconds\":2.5,\"seconds\":20.25,"
          + "\"bestEpoch\":2,\"bestScore\":0.75,\"metrics\":[],"
          + "\"lengths\":{\"decisions\":[],\"testSeconds\":-1.0,"
          + "\"window\":{\"update\":0,\"seconds\":0.0,\"testSeconds\":0.0}},\"badImages\":{\"a.png\":\"why\"}}";

  private static final Progress PROGRESS =
      new Progress(
          "f",
          "d",
          new Progress.Position(3, 7, 31, 62),
          new Progress.Sums(1.5, 96, 2.5),
          20.25,
          new Progress.Best(2, 0.75),
          List.of(),
          Lengths.NONE,
          Map.of("a.png", "why"));

  @Test
  void checkpointsHoldItFlat() throws IOException {
    assertThat(Json.line(PROGRESS)).isEqualTo(FLAT);
    assertThat(Json.read(FLAT.getBytes(StandardCharsets.UTF_8), Progress.class))
        .isEqualTo(PROGRESS);
    String earlier = FLAT.replace("bestScore", "bestTop1"); // as it was called
    assertThat(Json.read(earlier.getBytes(StandardCharsets.UTF_8), Progress.class))
        .isEqualTo(PROGRESS);
  }

  @Test
  void checkpointsOfBeforeBadImagesWereKeptAreRead() throws IOException {
    String earlier = FLAT.replaceAll(",\"badImages.*", "}");
    assertThat(Json.read(earlier.getBytes(StandardCharsets.UTF_8), Progress.class))
        .isEqualTo(PROGRESS.withBadImages(Map.of()));
  }

  @Test
  void checkpointsStaySmall() {
    Map<String, String> many = new TreeMap<>();
    for (int i = 0; i < 2 * Progress.MAX_BAD_IMAGES; i++) {
      many.put("%06d.png".formatted(i), "why");
    }
    assertThat(PROGRESS.withBadImages(many).badImages())
        .hasSize(Progress.MAX_BAD_IMAGES)
        .containsKey("000000.png")
        .doesNotContainKey("019999.png");
  }

  @Test
  void nextEpochBeginsAnewAndKeepsTheBest() {
    EpochMetrics finished =
        EpochMetrics.of(new EpochMetrics.Trained(4, 40, 0.1, 1.0, 9.0), TestFigures.NONE, 30.0);
    Progress next = PROGRESS.nextEpoch(finished);
    assertThat(next.position()).isEqualTo(new Progress.Position(4, 0, 31, 62));
    assertThat(next.sums()).isEqualTo(Progress.Sums.NONE);
    assertThat(next.seconds()).isEqualTo(30.0);
    assertThat(next.best()).isEqualTo(PROGRESS.best());
    assertThat(next.metrics()).containsExactly(finished);
  }
}
