package io.github.repvgg4j.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class WordsForPeopleTest {

  @Test
  void numbersHaveTheRightNoun() {
    assertThat(Count.of(1, "image")).isEqualTo("1 image");
    assertThat(Count.of(0, "image")).isEqualTo("0 images");
    assertThat(Count.of(1024, "batch", "batches")).isEqualTo("1,024 batches");
  }

  @Test
  void failuresOfTheSystemSayWhatHappened() {
    assertThat(FailureWords.of(new NoSuchFileException("a"))).isEqualTo("a: no such file");
    assertThat(FailureWords.of(new AccessDeniedException("a"))).isEqualTo("a: no permission");
    assertThat(FailureWords.of(new FileAlreadyExistsException("a")))
        .isEqualTo("a: exists already, and is no folder");
    assertThat(FailureWords.of(new FileSystemException("a", null, "Is a directory")))
        .isEqualTo("a: Is a directory");
    assertThat(FailureWords.of(new UncheckedIOException(new IOException("b: cut off\nmore"))))
        .isEqualTo("b: cut off");
    assertThat(FailureWords.of(new NullPointerException()))
        .isEqualTo("an unforeseen failure; --verbose shows where");
  }

  @Test
  void namesOfOthersAreOneLineAndSteerNoTerminal() {
    assertThat(Printable.of("a\nb\r\t\u001b[31m\u0085\u2028z"))
        .isEqualTo("a\\nb\\r\\t\\u001b[31m\\u0085\\u2028z");
    assertThat(Printable.of("na\u00efve \\ caf\u00e9 \ud83d\ude00"))
        .isEqualTo("na\u00efve \\ caf\u00e9 \ud83d\ude00");
  }
}
