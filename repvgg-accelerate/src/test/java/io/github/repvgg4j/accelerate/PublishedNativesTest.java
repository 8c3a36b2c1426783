package io.github.repvgg4j.accelerate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The five platforms of repvgg-natives. */
class PublishedNativesTest {

  @Test
  void whatIsPublishedIsAdvised() {
    PublishedNatives linux = new PublishedNatives("linux-x86_64");
    assertThat(linux.adviceForNd4j()).contains("repvgg-natives-linux-x86_64");
    assertThat(linux.adviceForOneDnn()).contains("repvgg-natives-linux-x86_64");
    assertThat(new PublishedNatives("linux-arm64").adviceForOneDnn())
        .contains("repvgg-natives-linux-arm64");
  }

  @Test
  void whatIsMissingIsSaidWithWhatItCosts() {
    assertThat(new PublishedNatives("linux-arm64").adviceForNd4j())
        .contains("Maven Central has no ND4J with oneDNN for linux-arm64");
    assertThat(new PublishedNatives("macosx-arm64").adviceForOneDnn())
        .contains("Maven Central has no oneDNN for macosx-arm64")
        .contains("25 times as long an image");
  }
}
