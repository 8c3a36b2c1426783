package io.github.repvgg4j.data.listing;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/** What a data set is made of: parts with names, or one set of classes without. */
sealed interface DataParts permits FolderParts, ManifestParts {

  /** The named parts; empty where the classes lie side by side. */
  Set<SplitName> splits();

  /**
   * Classes with their images by name, of one part or of the whole where there are no parts.
   *
   * @param split null for the whole
   */
  SortedMap<String, List<ListedImage>> classes(SplitName split) throws IOException;

  /** What messages call a part, such as {@code Train/}. */
  String name(SplitName split);

  /** An image's name from its class on, whatever folders lie around the classes. */
  String ownName(ListedImage image, SplitName split);

  /** The data set in messages. */
  String shown();

  /** What is there, for the message that nothing fits. */
  String found() throws IOException;

  /** What was left out so far. */
  PassedOver passedOver();

  /** What else is worth saying, a line each. */
  List<String> notes();
}
