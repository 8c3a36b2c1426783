package io.github.repvgg4j.train.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverridesTest {

  private static final Overrides BOTH = new Overrides(Optional.of("pets"), Optional.of("runs/b"));
  private static final String MODEL = "model: {variant: A0, input: [3, 32, 32]}\n";

  @TempDir Path temp;

  @Test
  void standInForWhatTheFileSaysAndForWhatItDoesNotSay() throws IOException {
    for (String sections :
        new String[] {
          "",
          "data:\noutput: ~\n",
          "data: {path: other}\noutput: {folder: runs/a}\n",
          "data: {generated: {}}\noutput: {}\n"
        }) {
      TrainConfig config = read(MODEL + sections, BOTH);
      assertThat(config.data().path()).as(sections).isEqualTo("pets");
      assertThat(config.data().generated()).as(sections).isNull();
      assertThat(config.folder()).as(sections).isEqualTo(Path.of("runs/b"));
    }
  }

  @Test
  void whatStandsBesideThemStays() throws IOException {
    TrainConfig config =
        read(MODEL + "data: {path: a, cropFraction: 0.5}\noutput: {tensorboard: true}\n", BOTH);
    assertThat(config.data().cropFraction()).isEqualTo(0.5);
    assertThat(config.output().tensorboard()).isTrue();
  }

  @Test
  void aPathIsTextWhateverItLooksLike() throws IOException {
    Overrides strange = new Overrides(Optional.of("null"), Optional.of("1e3: [x]"));
    TrainConfig config = read(MODEL, strange);
    assertThat(config.data().path()).isEqualTo("null");
    assertThat(config.output().folder()).isEqualTo("1e3: [x]");
  }

  @Test
  void aSectionThatIsNoneIsRefusedAllTheSame() {
    assertThatThrownBy(() -> read(MODEL + "data: 3\n", BOTH))
        .hasMessageContaining("job.yaml: data: must have keys below it");
    assertThatThrownBy(() -> read("", BOTH)).hasMessageContaining("job.yaml: is empty");
  }

  private TrainConfig read(String yaml, Overrides overrides) throws IOException {
    return ConfigFiles.read(Files.writeString(temp.resolve("job.yaml"), yaml), overrides);
  }
}
