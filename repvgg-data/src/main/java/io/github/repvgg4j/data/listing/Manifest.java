package io.github.repvgg4j.data.listing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.github.repvgg4j.text.Printable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A table that names the images: {@code path,label[,split]}, CSV (RFC 4180) or TSV, UTF-8.
 *
 * @param name for messages
 * @param rows its images, as they stand
 * @param labelling how many classes a row names
 * @param hasSplit whether it says which part each image belongs to
 */
public record Manifest(String name, List<Row> rows, Labelling labelling, boolean hasSplit) {

  private static final Set<String> PATHS =
      Set.of(
          "path",
          "file",
          "filename",
          "file_name",
          "filepath",
          "file_path",
          "image",
          "image_name",
          "image_path",
          "image_file",
          "img",
          "img_path");
  private static final Set<String> LABELS =
      Set.of("label", "class", "category", "class_name", "classname", "target");
  private static final Set<String> SPLITS = Set.of("split", "subset", "partition");

  /**
   * One image.
   *
   * @param line where it begins, from 1
   * @param split null where the table has none
   */
  public record Row(long line, String path, String label, SplitName split) {}

  /**
   * Which column holds what; -1 for none.
   *
   * @param width how many there are
   */
  private record Columns(int path, int label, int split, int width, boolean header) {

    int most() {
      return Math.max(path, label);
    }
  }

  public Manifest {
    rows = List.copyOf(rows);
  }

  /** Whether a file's name is that of a manifest. */
  public static boolean isName(String file) {
    String lower = file.toLowerCase(Locale.ROOT);
    return lower.endsWith(".csv") || lower.endsWith(".tsv");
  }

  /** With one class a row. */
  public static Manifest read(String name, InputStream file) throws IOException {
    return read(name, file, Labelling.ONE);
  }

  /**
   * @param name for messages; ends with {@code .csv} or {@code .tsv}
   * @throws IOException one line: which line of the file, what is wrong with it
   */
  public static Manifest read(String name, InputStream file, Labelling labelling)
      throws IOException {
    try (BufferedReader text = reader(file)) {
      text.mark(1 << 16);
      char[] start = new char[(1 << 16) - 1];
      int length = Math.max(0, text.read(start));
      text.reset();
      return read(name, text, separator(name, new String(start, 0, length)), labelling);
    } catch (CharacterCodingException e) {
      throw new IOException(name + ": is not in UTF-8; save it as UTF-8", e);
    }
  }

  private static BufferedReader reader(InputStream file) throws IOException {
    BufferedReader text =
        new BufferedReader(
            new InputStreamReader(file, StandardCharsets.UTF_8.newDecoder()), 1 << 17);
    text.mark(1);
    if (text.read() != '\uFEFF') { // the mark that Windows puts before UTF-8
      text.reset();
    }
    return text;
  }

  /** By the name, unless the first line has another one; many spreadsheets write ';'. */
  private static char separator(String name, String start) {
    String line = start.lines().findFirst().orElse("");
    char usual = name.toLowerCase(Locale.ROOT).endsWith(".tsv") ? '\t' : ',';
    for (char candidate : new char[] {usual, ',', '\t', ';'}) {
      if (line.indexOf(candidate) >= 0) {
        return candidate;
      }
    }
    return usual;
  }

  private static Manifest read(String name, Reader text, char separator, Labelling labelling)
      throws IOException {
    ObjectReader csv =
        new CsvMapper()
            .readerFor(String[].class)
            .with(CsvParser.Feature.WRAP_AS_ARRAY)
            .with(CsvParser.Feature.TRIM_SPACES)
            .with(CsvParser.Feature.SKIP_EMPTY_LINES)
            .with(CsvSchema.emptySchema().withColumnSeparator(separator));
    List<Row> rows = new ArrayList<>();
    Columns columns = null;
    try (MappingIterator<String[]> lines = csv.readValues(text)) {
      while (lines.hasNextValue()) {
        long line = lines.getCurrentLocation().getLineNr();
        String[] cells = lines.nextValue();
        if (columns == null) {
          columns = columns(name, cells);
          if (columns.header) {
            continue;
          }
        }
        rows.add(row(name, line, cells, columns, labelling));
      }
    } catch (JsonProcessingException e) {
      String where = e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
      throw new IOException(name + ": " + where + e.getOriginalMessage(), e);
    } catch (RuntimeException e) { // what the iterator makes of an IOException
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw e;
    }
    if (rows.isEmpty()) {
      throw new IOException(name + ": names no images; expected lines of path,label[,split]");
    }
    return new Manifest(name, rows, labelling, columns.split >= 0);
  }

  private static Columns columns(String name, String[] first) throws IOException {
    int path = find(first, PATHS);
    int label = find(first, LABELS);
    if (path >= 0 && label >= 0) {
      return new Columns(path, label, find(first, SPLITS), first.length, true);
    }
    boolean plain = first.length == 2 || first.length == 3;
    if (plain && FileKind.of(lastName(first[0])) == FileKind.IMAGE) {
      return new Columns(0, 1, first.length == 3 ? 2 : -1, first.length, false);
    }
    throw new IOException(
        name
            + ": line 1: '"
            + Printable.of(String.join(",", first))
            + "' is neither a header with the columns path and label (and split) nor an image with"
            + " its label");
  }

  private static String lastName(String path) {
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  }

  private static int find(String[] cells, Set<String> names) {
    for (int i = 0; i < cells.length; i++) {
      if (names.contains(cells[i].strip().toLowerCase(Locale.ROOT))) {
        return i;
      }
    }
    return -1;
  }

  private static Row row(
      String name, long line, String[] cells, Columns columns, Labelling labelling)
      throws IOException {
    String where = name + ": line " + line + ": ";
    if (cells.length <= columns.most()) {
      throw new IOException(where + "has no label; expected path,label[,split]");
    }
    if (Arrays.stream(cells).skip(columns.width).anyMatch(cell -> !cell.isBlank())) {
      throw new IOException(
          where
              + "has "
              + cells.length
              + " cells, the first line "
              + columns.width
              + "; put what holds a separator in double quotes");
    }
    String path = cells[columns.path].strip();
    String label = labelling.key(ListedImage.composed(cells[columns.label].strip()));
    if (path.isEmpty() || label.isEmpty() && labelling == Labelling.ONE) {
      throw new IOException(where + "the " + (path.isEmpty() ? "path" : "label") + " is empty");
    }
    if (path.matches("(?i)(https?|ftp|s3|gs)://.*")) {
      throw new IOException(where + "'" + path + "': only files are read, no addresses");
    }
    return new Row(line, path, label, split(where, cells, columns));
  }

  private static SplitName split(String where, String[] cells, Columns columns) throws IOException {
    if (columns.split < 0) {
      return null;
    }
    String text = cells.length > columns.split ? cells[columns.split].strip() : "";
    return SplitName.of(text)
        .orElseThrow(
            () ->
                new IOException(
                    where + "the split must be train, val or test, got '" + text + "'"));
  }
}
