package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.archive.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** What a client has to know. Only its digest is kept. */
public final class BearerToken {

  private static final String SCHEME = "bearer ";
  private static final int LEAST = 16;

  private final byte[] digest;

  /**
   * @param token of visible ASCII characters, {@value #LEAST} or more
   */
  public BearerToken(String token) {
    if (token.length() < LEAST || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          "token: " + LEAST + " or more visible ASCII characters without spaces");
    }
    this.digest = digest(token);
  }

  private static byte[] digest(String text) {
    return Sha256.digest().digest(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Whether a request may pass; takes as long for a wrong token as for the right one.
   *
   * @param authorization the header; null where there is none
   */
  boolean matches(String authorization) {
    if (authorization == null
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    return MessageDigest.isEqual(digest, digest(authorization.substring(SCHEME.length()).trim()));
  }
}
