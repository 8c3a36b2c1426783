package io.github.repvgg4j.data;

import io.github.repvgg4j.archive.SafeZip;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;

/** Images in a zip, in its root or in its only folder; entries are read one at a time. */
final class ZipListing implements ImageData.Listing {

  private final SafeZip zip;
  private final List<String> entries;

  ZipListing(Path path) throws IOException {
    zip = SafeZip.open(path, SafeZip.Limits.DATA_SET);
    entries = zip.entries().stream().map(ZipEntry::getName).sorted().toList();
  }

  @Override
  public SortedMap<String, List<String>> split(String name) {
    String prefix = wrapper() + name + "/";
    SortedMap<String, List<String>> classes = new TreeMap<>();
    for (String entry : entries) {
      if (!entry.startsWith(prefix)) {
        continue;
      }
      String rest = entry.substring(prefix.length());
      int slash = rest.indexOf('/');
      if (slash < 1 || List.of(rest.split("/")).stream().anyMatch(FolderListing::hidden)) {
        continue;
      }
      List<String> images =
          classes.computeIfAbsent(rest.substring(0, slash), label -> new ArrayList<>());
      if (!entry.endsWith("/")) {
        images.add(entry);
      }
    }
    return classes;
  }

  /** The folder that all of the zip's images are in, such as {@code cifar10/}; often none. */
  private String wrapper() {
    for (String entry : entries) {
      int split = ("/" + entry).indexOf("/train/");
      if (split >= 0 && entry.substring(0, split).chars().filter(c -> c == '/').count() <= 1) {
        return entry.substring(0, split);
      }
    }
    return "";
  }

  @Override
  public byte[] read(String name) throws BadImageException {
    try {
      return zip.read(name);
    } catch (IOException e) {
      throw new BadImageException(zip.path() + "!" + name, "cannot be read: " + e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
