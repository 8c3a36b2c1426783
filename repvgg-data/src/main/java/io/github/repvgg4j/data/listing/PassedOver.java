package io.github.repvgg4j.data.listing;

import io.github.repvgg4j.text.Printable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Counts what a listing leaves out, so that it can be said in one line. */
final class PassedOver {

  /** Why something is no image of a class. */
  enum Reason {
    SYSTEM("hidden or system file", "hidden or system files"),
    NO_IMAGE("file that is no image", "files that are no images"),
    OUTSIDE("image outside the class folders", "images outside the class folders"),
    FOLDER("folder that is not part of the data set", "folders that are not part of the data set"),
    CIRCLE("link that leads back to where it stands", "links that lead back to where they stand"),
    REPEATED("link to a folder taken often already", "links to folders taken often already"),
    DEEP("folder nested too deep", "folders nested too deep"),
    SPECIAL("broken link, pipe, socket or device", "broken links, pipes, sockets or devices"),
    TWICE("line that names an image again", "lines that name an image again");

    private final String one;
    private final String many;

    Reason(String one, String many) {
      this.one = one;
      this.many = many;
    }
  }

  private record Count(int number, String first) {}

  private final Map<Reason, Count> counts = new EnumMap<>(Reason.class);

  void add(Reason reason, String location) {
    if (location.equals(DataSetListing.GENERATED_MARK)) {
      return; // nothing to tell a user
    }
    counts.merge(reason, new Count(1, location), (a, b) -> new Count(a.number + 1, a.first));
  }

  /** One line that begins with where it was; empty when nothing was left out. */
  Optional<String> line(String where) {
    return text().map(text -> where + ": " + text);
  }

  /** In words; empty when nothing was left out. */
  Optional<String> text() {
    if (counts.isEmpty()) {
      return Optional.empty();
    }
    List<String> parts = new ArrayList<>();
    counts.forEach(
        (reason, count) ->
            parts.add(
                count.number
                    + " "
                    + (count.number == 1 ? reason.one : reason.many)
                    + (count.number == 1 ? " (" : " (such as ")
                    + Printable.of(count.first)
                    + ")"));
    return Optional.of("passed over " + String.join(", ", parts));
  }
}
