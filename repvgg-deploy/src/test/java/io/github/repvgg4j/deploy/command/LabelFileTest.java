package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelFileTest {

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("labels.txt");
  }

  @Test
  void namesStandOneALineAndAByteOrderMarkIsNone() throws IOException {
    Files.writeString(file, "\ufeffcat\r\n\n  great dane \nEule\n");
    assertThat(LabelFile.read(file)).containsExactly("cat", "great dane", "Eule");
  }

  @Test
  void nameThatStandsTwiceIsRefusedWithBothLines() throws IOException {
    Files.writeString(file, "cat\n\ndog\ncat\n");
    assertThatThrownBy(() -> LabelFile.read(file))
        .hasMessage(file + ": 'cat' stands on lines 1 and 4; give each class a name of its own");
  }

  @Test
  void otherCharsetsAndFoldersAreRefusedByName() throws IOException {
    Files.write(file, "Gänse\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> LabelFile.read(file))
        .hasMessage(file + ": is not in UTF-8; save it as UTF-8");
    assertThatThrownBy(() -> LabelFile.read(folder))
        .hasMessage(folder + ": is a folder; name a text file");
  }
}
