package io.github.repvgg4j.data.set;

import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.listing.AllImages;
import io.github.repvgg4j.data.listing.DataSetListing;
import io.github.repvgg4j.data.listing.EvaluationListing;
import io.github.repvgg4j.data.listing.FileTree;
import io.github.repvgg4j.data.listing.Labelling;
import io.github.repvgg4j.data.listing.ListedImage;
import io.github.repvgg4j.data.listing.ListedPart;
import io.github.repvgg4j.data.listing.LocalTree;
import io.github.repvgg4j.data.listing.Manifest;
import io.github.repvgg4j.data.listing.SplitRule;
import io.github.repvgg4j.data.listing.ZipTree;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A folder, a zip or a manifest on this machine: where images are listed and their bytes read. */
final class ImageFolder implements Closeable {

  private final FileTree tree;
  private final Optional<Manifest> manifest;

  private ImageFolder(FileTree tree, Optional<Manifest> manifest) {
    this.tree = tree;
    this.manifest = manifest;
  }

  /** What is made of a folder, which is to stay open for it. */
  @FunctionalInterface
  interface Use<T> {
    T of(ImageFolder folder) throws IOException;
  }

  /**
   * Opens a folder for {@code use}, and closes it again where that fails.
   *
   * @throws IOException one line, from either
   */
  static <T> T open(Path path, Labelling labelling, Use<T> use) throws IOException {
    ImageFolder folder = open(path, labelling);
    try {
      return use.of(folder);
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /**
   * @throws IOException one line: it is not there, or no zip or manifest that can be read
   */
  static ImageFolder open(Path path, Labelling labelling) throws IOException {
    if (!Files.exists(path)) {
      throw new IOException(path + ": no such folder, zip or manifest");
    }
    if (Files.isDirectory(path)) {
      return new ImageFolder(new LocalTree(path), Optional.empty());
    }
    if (Manifest.isName(path.toString()) && Files.isRegularFile(path)) {
      try (InputStream file = Files.newInputStream(path)) {
        Manifest manifest = Manifest.read(path.toString(), file, labelling);
        Path folder = path.toAbsolutePath().getParent();
        return new ImageFolder(new LocalTree(folder), Optional.of(manifest));
      } catch (java.nio.file.AccessDeniedException e) {
        throw new IOException(path + ": no permission to read", e);
      }
    }
    SafeZip zip = zip(path);
    try {
      return new ImageFolder(new ZipTree(zip), Optional.empty());
    } catch (IOException | RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  /** A photo or a YAML file is not called a damaged zip. */
  private static SafeZip zip(Path path) throws IOException {
    try {
      return SafeZip.open(path, SafeZip.Limits.DATA_SET);
    } catch (IOException e) {
      if (isNamedZip(path) || !Files.isReadable(path) || beginsLikeZip(path)) {
        throw e;
      }
      throw new IOException(
          path + ": is no folder, zip (.zip) or table (.csv, .tsv) of images; give one of them", e);
    }
  }

  private static boolean isNamedZip(Path path) {
    return path.toString().toLowerCase(Locale.ROOT).endsWith(".zip");
  }

  private static boolean beginsLikeZip(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      return false; // a pipe is never opened
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] head = in.readNBytes(2);
      return head.length == 2 && head[0] == 'P' && head[1] == 'K';
    }
  }

  DataSetListing forTraining(Optional<SplitRule> rule) throws IOException {
    return manifest.isPresent()
        ? DataSetListing.forTraining(tree, manifest.get(), rule)
        : DataSetListing.forTraining(tree, rule);
  }

  EvaluationListing forEvaluation(Optional<SplitRule> rule, List<String> labels)
      throws IOException {
    return manifest.isPresent()
        ? EvaluationListing.of(tree, manifest.get(), rule)
        : EvaluationListing.of(tree, rule, labels);
  }

  /** All images, whatever their classes. */
  AllImages everything() throws IOException {
    return manifest.isPresent() ? AllImages.of(tree, manifest.get()) : AllImages.of(tree);
  }

  ImageSplit split(ListedPart part) {
    return split(part.images(), part.classes());
  }

  ImageSplit split(List<ListedImage> images, int[][] classes) {
    return ImageSplit.of(
        images,
        classes,
        new ImageSplit.Content() {
          @Override
          public byte[] read(int index, String name) throws BadImageException {
            return bytes(images.get(index).location());
          }

          @Override
          public String path(int index, String name) {
            return tree.shown(images.get(index).location());
          }
        });
  }

  private byte[] bytes(String location) throws BadImageException {
    if (location.indexOf('\uFFFD') >= 0 && tree instanceof LocalTree) {
      throw new BadImageException(tree.shown(location), "its name is not in UTF-8; rename it");
    }
    if (tree instanceof LocalTree folder) {
      return ImageReader.bytes(folder.path(location));
    }
    try {
      return ((ZipTree) tree).read(location);
    } catch (IOException e) {
      throw new BadImageException(tree.shown(location), "cannot be read: " + e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    tree.close();
  }
}
