package io.github.repvgg4j.data.listing;

import io.github.repvgg4j.archive.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.DigestInputStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Finds images with the same bytes. Only files of equal length are opened, and only those that
 * begin alike are read whole.
 */
final class EqualImages {

  private final FileTree tree;
  private final List<ListedImage> images;

  EqualImages(FileTree tree, List<ListedImage> images) {
    this.tree = tree;
    this.images = images;
  }

  /** For each image the first one, in the order of the list, that has the same bytes. */
  int[] first() {
    int[] first = IntStream.range(0, images.size()).toArray();
    List<Integer> byLength =
        IntStream.range(0, images.size())
            .boxed()
            .sorted(Comparator.comparingLong(i -> images.get(i).length()))
            .toList();
    for (int from = 0, to; from < byLength.size(); from = to) {
      long length = images.get(byLength.get(from)).length();
      to = from + 1;
      while (to < byLength.size() && images.get(byLength.get(to)).length() == length) {
        to++;
      }
      if (to - from > 1) {
        join(byLength.subList(from, to), first);
      }
    }
    return first;
  }

  private void join(List<Integer> sameLength, int[] first) {
    Map<Long, List<Integer>> alike = new HashMap<>();
    for (int image : sameLength) {
      Long checksum = checksum(image);
      if (checksum != null) {
        alike.computeIfAbsent(checksum, c -> new java.util.ArrayList<>()).add(image);
      }
    }
    for (List<Integer> candidates : alike.values()) {
      if (candidates.size() > 1) {
        Map<ByteBuffer, Integer> known = new HashMap<>();
        for (int image : candidates) { // sorted: the sort by length is stable
          ByteBuffer hash = hash(image);
          Integer earlier = hash == null ? null : known.putIfAbsent(hash, image);
          first[image] = earlier == null ? image : earlier;
        }
      }
    }
  }

  /** Null for what cannot be read: it is no image, and named as such when it is asked for. */
  private Long checksum(int image) {
    try {
      return tree.checksum(images.get(image).location());
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  private ByteBuffer hash(int image) {
    try (InputStream in = tree.open(images.get(image).location());
        DigestInputStream digest = new DigestInputStream(in, Sha256.digest())) {
      digest.transferTo(java.io.OutputStream.nullOutputStream());
      return ByteBuffer.wrap(Arrays.copyOf(digest.getMessageDigest().digest(), 32));
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }
}
