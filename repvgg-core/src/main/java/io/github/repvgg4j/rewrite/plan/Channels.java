package io.github.repvgg4j.rewrite.plan;

import io.github.repvgg4j.reparam.NotFusibleException;

/** In, out and groups; {@link #ANY} is a diagonal of whatever size the source has. */
record Channels(int in, int out, int groups) {
  static final Channels ANY = new Channels(0, 0, 0);

  static Channels diagonal(int channels) {
    return new Channels(channels, channels, channels);
  }

  boolean isAny() {
    return in == 0;
  }

  /** These, then {@code next} on the output. */
  Channels then(Channels next) {
    if (isAny()) {
      return next;
    }
    if (next.isAny()) {
      return this;
    }
    if (out != next.in) {
      throw new NotFusibleException("reads " + next.in + " channels, but is given " + out);
    }
    return new Channels(in, next.out, gcd(groups, next.groups));
  }

  /** These beside {@code other}, to be added. */
  Channels beside(Channels other) {
    Channels mine = isAny() ? other.asIdentity() : this;
    Channels theirs = other.isAny() ? asIdentity() : other;
    if (mine.in != theirs.in || mine.out != theirs.out) {
      throw new NotFusibleException(
          "branches have channels "
              + mine.in
              + " -> "
              + mine.out
              + " and "
              + theirs.in
              + " -> "
              + theirs.out);
    }
    return new Channels(mine.in, mine.out, gcd(mine.groups, theirs.groups));
  }

  private Channels asIdentity() {
    if (in != out) {
      throw new NotFusibleException(
          "an identity branch needs as many outputs as inputs, got " + in + " -> " + out);
    }
    return diagonal(in);
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
