package io.github.repvgg4j.serve.command;

import io.github.repvgg4j.serve.http.BearerToken;
import io.github.repvgg4j.serve.http.HttpLimits;
import io.github.repvgg4j.serve.http.HttpOptions;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** Where and to whom the server answers, and what strangers may take. */
final class ListenOptions {

  private static final String TOKEN_VARIABLE = "REPVGG_SERVE_TOKEN";

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Address to listen on (default: ${DEFAULT-VALUE}, this machine alone); 0.0.0.0 for all.")
  private String host;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "Port to listen on (default: ${DEFAULT-VALUE}); 0 for any that is free.")
  private int port;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "Answer only who sends its first line as bearer token. Without it the variable "
              + TOKEN_VARIABLE
              + " is read. Health, the page and its files stay open.")
  private Path tokenFile;

  @Option(
      names = "--cors-origin",
      paramLabel = "ORIGIN",
      description =
          "Let pages of this origin ask, such as https://example.org; may be given again (default:"
              + " none).")
  private List<String> origins = List.of();

  @Option(
      names = "--max-body",
      paramLabel = "BYTES",
      defaultValue = "32m",
      converter = Amounts.BytesConverter.class,
      description = "Largest body of a request (default: ${DEFAULT-VALUE}).")
  private long bodyBytes;

  @Option(
      names = "--body-memory",
      paramLabel = "BYTES",
      converter = Amounts.BytesConverter.class,
      description =
          "Of all bodies at once (default: 256m, or a quarter of Java's heap where that is less);"
              + " beyond it 503.")
  private Long bodyMemory;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      defaultValue = "4096",
      description = "Open connections (default: ${DEFAULT-VALUE}); more wait.")
  private int connections;

  @Option(
      names = "--idle-timeout",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = Amounts.DurationConverter.class,
      description = "Close connections that are silent for so long (default: ${DEFAULT-VALUE}).")
  private Duration idle;

  @Option(
      names = "--receive-timeout",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = Amounts.DurationConverter.class,
      description =
          "Refuse requests whose head or body takes longer to come (default: ${DEFAULT-VALUE}).")
  private Duration receive;

  HttpOptions options() throws IOException {
    HttpLimits limits =
        new HttpLimits(
            (int) Math.min(bodyBytes, Integer.MAX_VALUE - 16L),
            bodyMemory == null ? bodyMemory(Runtime.getRuntime().maxMemory()) : bodyMemory,
            connections,
            idle,
            receive);
    return new HttpOptions(host, port, token(), Set.copyOf(origins), limits);
  }

  /** A body is read, then numbers or pixels are made of it, so a small heap takes fewer. */
  private long bodyMemory(long heap) {
    return Math.max(bodyBytes, Math.min(HttpLimits.STANDARD.bodyMemoryBytes(), heap / 4));
  }

  private Optional<BearerToken> token() throws IOException {
    if (tokenFile == null) {
      String token = System.getenv(TOKEN_VARIABLE);
      return token == null || token.isEmpty()
          ? Optional.empty()
          : Optional.of(token(TOKEN_VARIABLE, token));
    }
    try {
      List<String> lines = Files.readAllLines(tokenFile);
      return Optional.of(token(tokenFile.toString(), lines.isEmpty() ? "" : lines.get(0).strip()));
    } catch (CharacterCodingException e) {
      throw new IOException(tokenFile + ": is no text in UTF-8", e);
    }
  }

  private static BearerToken token(String source, String text) throws IOException {
    try {
      return new BearerToken(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(source + ": " + e.getMessage(), e);
    }
  }
}
