package io.github.repvgg4j.bench.serving;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Requests that are almost right. */
final class FuzzedBytes {

  private static final List<String> WORDS =
      List.of(
          "-1",
          "0",
          "99999999999999999999",
          "1e999",
          "NaN",
          "null",
          "[]",
          "{",
          "\"",
          "\u0000",
          "../..",
          "%00",
          "%2e%2e",
          "\r\n",
          "\r\n\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Content-Length: 5\r\n",
          "Expect: 100-continue\r\n",
          "BYTES",
          "FP64",
          "INT8");

  private static final int HEAD_BYTES = 400;

  private final SplittableRandom random;

  FuzzedBytes(long seed) {
    random = new SplittableRandom(seed);
  }

  /** A few changes, most of them in the first bytes, where header and JSON are. */
  byte[] change(byte[] right) {
    byte[] changed = right.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      changed = changeOnce(changed);
    }
    return changed;
  }

  private byte[] changeOnce(byte[] bytes) {
    if (bytes.length < 2) {
      return bytes;
    }
    int at =
        random.nextInt(random.nextInt(4) == 0 ? bytes.length : Math.min(bytes.length, HEAD_BYTES));
    return switch (random.nextInt(5)) {
      case 0 -> {
        bytes[at] = (byte) random.nextInt(256);
        yield bytes;
      }
      case 1 -> Arrays.copyOf(bytes, at + 1);
      case 2 -> join(bytes, at, at, word());
      case 3 -> join(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), word());
      default ->
          join(bytes, at, at, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 40)));
    };
  }

  private byte[] word() {
    return WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] join(byte[] bytes, int end, int begin, byte[] between) {
    byte[] all = Arrays.copyOf(bytes, end + between.length + bytes.length - begin);
    System.arraycopy(between, 0, all, end, between.length);
    System.arraycopy(bytes, begin, all, end + between.length, bytes.length - begin);
    return all;
  }

  /** JSON in the ways of the protocol, right and wrong. */
  static List<byte[]> jsonRequests(URI server) {
    return Stream.of(
            "{\"inputs\":[{\"name\":\"images\",\"datatype\":\"FP32\",\"shape\":[1,3,2,2],\"data\":[1,2,3,4,5,6,7,8,9,10,11,12]}]}",
            "{\"id\":\"1\",\"inputs\":[{\"name\":\"encoded_images\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"AAAA\"]}],\"outputs\":[{\"name\":\"logits\"}]}",
            "{\"inputs\":[]}")
        .map(
            json ->
                Call.post(
                        Protocol.infer(server, ServingFiles.MODEL),
                        Map.of("Content-Type", "application/json"),
                        json.getBytes(StandardCharsets.UTF_8),
                        Call.ANY)
                    .request())
        .toList();
  }
}
