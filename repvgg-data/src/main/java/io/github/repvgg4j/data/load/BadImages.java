package io.github.repvgg4j.data.load;

import io.github.repvgg4j.data.image.BadImageException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens to images that cannot be used, and which ones they were. Thread-safe. */
public final class BadImages {

  private static final Logger LOG = LoggerFactory.getLogger(BadImages.class);

  /** Reaction to the first bad image. */
  public enum Policy {
    /** The run ends with its name. */
    FAIL,
    /** It is left out, named once in the log and counted. */
    SKIP
  }

  private final Policy policy;
  private final SortedMap<String, String> found = new ConcurrentSkipListMap<>();

  public BadImages(Policy policy) {
    this.policy = policy;
  }

  void report(BadImageException fault) throws BadImageException {
    boolean first = found.put(fault.image(), fault.getMessage()) == null;
    if (policy == Policy.FAIL) {
      throw fault;
    }
    if (first) {
      LOG.warn("left out: {}", fault.getMessage());
    }
  }

  /**
   * What was found in an earlier part of the work.
   *
   * @param earlier name and fault of each
   */
  public void remember(Map<String, String> earlier) {
    found.putAll(earlier);
  }

  /** Name and fault of each, by name. */
  public SortedMap<String, String> found() {
    return Collections.unmodifiableSortedMap(found);
  }
}
