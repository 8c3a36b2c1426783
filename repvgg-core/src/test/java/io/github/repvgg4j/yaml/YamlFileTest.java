package io.github.repvgg4j.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlFileTest {

  private static final String TEXT = "data:\n  path: bilder/für uns\n";

  @TempDir Path temp;

  @Test
  void aliasIsWhatItsAnchorHolds() {
    assertThat(plain("a: &p images\nb: {folder: *p}\nc: &l [1, 2]\nd: *l\n"))
        .isEqualTo(
            Map.of(
                "a", "images",
                "b", Map.of("folder", "images"),
                "c", List.of("1", "2"),
                "d", List.of("1", "2")));
  }

  @Test
  void mergedKeysComeAfterOwnOnesAndEarlierOnesFirst() {
    String yaml =
        """
        first: &first {a: 1, b: 1}
        second: &second {b: 2, c: 2}
        both:
          <<: [*first, *second]
          a: own
        one: {<<: *second, d: 3}
        """;
    Map<?, ?> read = (Map<?, ?>) plain(yaml);
    assertThat(read.get("both")).isEqualTo(Map.of("a", "own", "b", "1", "c", "2"));
    assertThat(read.get("one")).isEqualTo(Map.of("b", "2", "c", "2", "d", "3"));
  }

  @Test
  void quotedMergeSignIsAKey() {
    assertThat(plain("'<<': 1")).isEqualTo(Map.of("<<", "1"));
  }

  @Test
  void billionLaughsEndInOneLine() {
    StringBuilder yaml = new StringBuilder("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for (int i = 1; i < 12; i++) {
      String alias = "*a" + (i - 1);
      yaml.append(
          "a%d: &a%d [%s]\n"
              .formatted(
                  i,
                  i,
                  String.join(
                      ", ", List.of(alias, alias, alias, alias, alias, alias, alias, alias))));
    }
    assertThatThrownBy(() -> YamlFile.parse("job.yaml", yaml.toString()))
        .isInstanceOf(YamlException.class)
        .hasMessageContaining("unfolds to more than 10000 values; use fewer aliases (line ")
        .message()
        .hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a: 1\\n---\\nb: 2\\n | holds a second document after '---'; put it into a file of its own (line 3)",
        "a:\\n\\tb: 1\\n | is indented with a tab; YAML takes spaces only (line 2)",
        "a:\\tb\\n | holds a tab; YAML takes spaces only (line 1)",
        "a: 1\\nb: \"C:\\users\" | is no YAML: in double quotes a backslash begins an escape; write single quotes, or / in paths (line 2)",
        "a: \"x\\0\" | a: must be one line without control characters, got 'x\\u0000'; in double quotes a backslash begins an escape: write single quotes, or / in paths (line 1)",
        "a: 1\\nb: {c: 1}\\na: 2\\n | a: stands twice, first in line 1 (line 3)",
        "a:\\n  b: 1\\n  b: 2\\n | a.b: stands twice, first in line 2 (line 3)",
        "a: 1\\nb: *p\\n | alias *p has no anchor &p before it (line 2)",
        "a: &a [1, *a]\\n | a[1]: holds itself by an alias (line 1)",
        "a: 1\\n<<: 5\\n | <<: merges keys, so it needs an alias of keys with values, such as *base (line 2)",
        "a: !!java.net.URL x\\n | a: has the tag !!java.net.URL, which means nothing here; take it out (line 1)",
        "a: !env HOME\\n | a: has the tag !env, which means nothing here; take it out (line 1)",
        "{a: 1}: 2\\n | has a key that is no word (line 1)",
        "a: b: c\\n | is no YAML: a ':' where no key can stand; check the indentation, or quote the text (line 1)",
      })
  void faultIsOneLineWithItsPlace(String yaml, String fault) {
    String text = yaml.replace("\\n", "\n").replace("\\t", "\t");
    assertThatThrownBy(() -> YamlFile.parse("job.yaml", text))
        .isInstanceOf(YamlException.class)
        .hasMessage("job.yaml: " + fault);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a: {b: \"D:\\next\"}", "a:\n  b: |\n    D:\n    ext", "a: {b: \"D:\\x0aext\"}"})
  void noValueHasSeveralLines(String yaml) {
    assertThatThrownBy(() -> YamlFile.parse("job.yaml", yaml))
        .hasMessageStartingWith(
            "job.yaml: a.b: must be one line without control characters, got 'D:\\next")
        .hasMessageContaining("write single quotes, or / in paths (line ")
        .message()
        .hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({"''", "'# nothing'", "'---'", "'~'"})
  void emptyFileIsNamedEmpty(String yaml) {
    assertThatThrownBy(() -> YamlFile.parse("job.yaml", yaml).keys())
        .hasMessage("job.yaml: is empty; it needs keys with values, such as 'model:'");
  }

  @Test
  void listAtTheTopIsRefused() {
    assertThatThrownBy(() -> YamlFile.parse("job.yaml", "\n- a: 1\n").keys())
        .hasMessage(
            "job.yaml: needs keys with values at the top, such as 'model:'; got a list (line 2)");
  }

  @ParameterizedTest
  @CsvSource({
    "UTF-8, EFBBBF",
    "UTF-8, ''",
    "UTF-16LE, FFFE",
    "UTF-16BE, FEFF",
    "UTF-16LE, ''",
    "UTF-16BE, ''",
    "UTF-32LE, FFFE0000"
  })
  void unicodeIsReadWithAndWithoutMark(String charset, String mark) throws IOException {
    byte[] text = TEXT.getBytes(Charset.forName(charset));
    byte[] start = java.util.HexFormat.of().parseHex(mark);
    byte[] all = java.util.Arrays.copyOf(start, start.length + text.length);
    System.arraycopy(text, 0, all, start.length, text.length);
    YamlFile file = YamlFile.read(Files.write(temp.resolve("job.yaml"), all));
    assertThat(plain(file.root())).isEqualTo(Map.of("data", Map.of("path", "bilder/für uns")));
  }

  @Test
  void otherBytesAreNamedWithTheirLine() throws IOException {
    Path latin = temp.resolve("latin.yaml");
    Files.write(latin, TEXT.getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> YamlFile.read(latin))
        .hasMessage(latin + ": is not UTF-8 (byte FC); save the file as UTF-8 (line 2)");
    Path nul = Files.writeString(temp.resolve("nul.yaml"), "a: 1\r\nb: x\0y\n");
    assertThatThrownBy(() -> YamlFile.read(nul))
        .hasMessage(
            nul
                + ": holds the control character U+0000; take it out, or give a text file (line 2)");
    Path zip = Files.write(temp.resolve("model.zip"), new byte[] {'P', 'K', 3, 4, 20, 0});
    assertThatThrownBy(() -> YamlFile.read(zip)).hasMessage(zip + ": is a zip; give a YAML file");
    assertThatThrownBy(() -> YamlFile.read(temp))
        .hasMessage(temp + ": is a folder; give a YAML file");
    assertThatThrownBy(() -> YamlFile.read(temp.resolve("no.yaml")))
        .hasMessage(temp.resolve("no.yaml") + ": no such file");
  }

  private static Object plain(String yaml) {
    return plain(YamlFile.parse("job.yaml", yaml).root());
  }

  private static Object plain(YamlNode node) {
    if (node instanceof YamlNode.Mapping mapping) {
      Map<String, Object> map = new java.util.HashMap<>();
      mapping.entries().forEach((key, value) -> map.put(key, plain(value)));
      return map;
    }
    return node instanceof YamlNode.Sequence sequence
        ? sequence.items().stream().map(YamlFileTest::plain).toList()
        : ((YamlNode.Scalar) node).text();
  }
}
