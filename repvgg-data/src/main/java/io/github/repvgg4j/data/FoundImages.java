package io.github.repvgg4j.data;

import io.github.repvgg4j.data.listing.AllImages;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** All images of a folder at any depth, of a zip or of a manifest, whatever their classes. */
public final class FoundImages implements Closeable {

  private final ImageSplit images;
  private final List<String> notes;
  private final Closeable source;

  private FoundImages(AllImages listing, ImageFolder source) {
    this.images = source.split(listing.images(), new int[listing.images().size()]);
    this.notes = listing.notes();
    this.source = source;
  }

  /**
   * Opens a folder, a zip or a manifest.
   *
   * @throws IOException one line: it is not there, cannot be read or has no images
   */
  public static FoundImages in(Path path) throws IOException {
    ImageFolder folder = ImageFolder.open(path);
    try {
      return new FoundImages(folder.everything(), folder);
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /** In the order of their folders and names; their classes say nothing. */
  public ImageSplit images() {
    return images;
  }

  /** What a user should hear of it, a line each: what was passed over. */
  public List<String> notes() {
    return notes;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
