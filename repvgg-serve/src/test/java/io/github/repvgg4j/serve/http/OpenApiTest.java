package io.github.repvgg4j.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.serve.ServeOptions;
import io.github.repvgg4j.serve.Server;
import io.github.repvgg4j.serve.TestModels;
import io.github.repvgg4j.serve.fault.FaultKind;
import io.github.repvgg4j.serve.http.Endpoint.Access;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The description that is served, held against the server's routes and against its answers. */
class OpenApiTest {

  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

  @TempDir static Path temp;

  private static Server server;
  private static JsonNode description;
  private static byte[] image;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    TestModels.fast(temp.resolve("fast.zip"), TestModels.SPEC, 3);
    server =
        Server.of(
            ServeOptions.of(temp.resolve("fast.zip")).port(0).ending(Duration.ZERO, Duration.ZERO));
    server.start().join();
    description = new ObjectMapper().readTree(PageFiles.reply("/openapi.json").body());
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB), "png", png);
    image = png.toByteArray();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private record Operation(String path, String method, JsonNode text) {

    Endpoint endpoint() {
      return Target.of(sample()).endpoint();
    }

    /** The path with the examples of its parameters. */
    String sample() {
      return path.replace("{name}", "fast").replace("{version}", "1");
    }

    Set<String> statuses() {
      Set<String> statuses = new TreeSet<>();
      text.path("responses").fieldNames().forEachRemaining(statuses::add);
      return statuses;
    }
  }

  private static Map<String, Operation> operations() {
    Map<String, Operation> all = new LinkedHashMap<>();
    description
        .path("paths")
        .fields()
        .forEachRemaining(
            path ->
                path.getValue()
                    .fields()
                    .forEachRemaining(
                        each -> {
                          if (METHODS.contains(each.getKey())) {
                            all.put(
                                each.getKey() + " " + path.getKey(),
                                new Operation(path.getKey(), each.getKey(), each.getValue()));
                          }
                        }));
    return all;
  }

  @Test
  void describesEveryRouteWithItsMethods() {
    Set<Endpoint> described = EnumSet.noneOf(Endpoint.class);
    Map<String, Set<String>> methods = new LinkedHashMap<>();
    for (Operation operation : operations().values()) {
      described.add(operation.endpoint());
      methods
          .computeIfAbsent(operation.path(), path -> new TreeSet<>())
          .add(operation.method().toUpperCase(Locale.ROOT));
    }
    assertThat(described).isEqualTo(EnumSet.complementOf(EnumSet.of(Endpoint.NONE)));
    methods.forEach(
        (path, given) -> {
          Set<String> wanted = new TreeSet<>(new Operation(path, "", null).endpoint().methods());
          wanted.removeAll(Set.of("HEAD", "OPTIONS"));
          assertThat(given).as(path).isEqualTo(wanted);
        });
    for (PageFiles file : PageFiles.values()) {
      assertThat(methods).containsKey(file.path());
    }
  }

  @Test
  void tellsWhichStatusesCanCome() {
    Set<String> computing = new TreeSet<>(Set.of("200"));
    for (FaultKind kind : FaultKind.values()) {
      if (kind != FaultKind.METHOD_NOT_ALLOWED) { // not of a method that is described
        computing.add(Integer.toString(kind.status()));
      }
    }
    operations()
        .forEach(
            (name, operation) -> {
              boolean guarded = operation.endpoint().access() == Access.GUARDED;
              boolean open = operation.text().path("security").isArray();
              assertThat(operation.statuses().contains("401")).as(name).isEqualTo(guarded);
              assertThat(open).as(name).isEqualTo(!guarded);
              if (Set.of(Endpoint.INFER, Endpoint.PREDICTIONS).contains(operation.endpoint())) {
                assertThat(operation.statuses()).as(name).isEqualTo(computing);
              }
            });
  }

  @Test
  void everyOperationAnswersAsDescribed() throws Exception {
    for (Map.Entry<String, Operation> each : operations().entrySet()) {
      Operation operation = each.getValue();
      HttpResponse<byte[]> answer = ask(operation);
      assertThat(answer.statusCode()).as(each.getKey()).isEqualTo(200);
      JsonNode content = operation.text().path("responses").path("200").path("content");
      String type = answer.headers().firstValue("Content-Type").orElse("").split(";")[0];
      assertThat(type.isEmpty() ? content.isEmpty() : content.has(type))
          .as("%s: %s", each.getKey(), type)
          .isTrue();
      if (type.equals("application/json")) {
        hasWhatIsRequired(
            each.getKey(),
            content.path(type).path("schema"),
            new ObjectMapper().readTree(answer.body()));
      }
    }
  }

  private HttpResponse<byte[]> ask(Operation operation) throws Exception {
    byte[] body =
        switch (operation.endpoint()) {
          case PREDICTIONS -> image;
          case INFER ->
              ("{\"inputs\":[{\"name\":\"encoded_images\",\"datatype\":\"BYTES\",\"shape\":[1],"
                      + "\"data\":[\""
                      + Base64.getEncoder().encodeToString(image)
                      + "\"]}]}")
                  .getBytes(StandardCharsets.UTF_8);
          default -> new byte[0];
        };
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + operation.sample()))
            .method(operation.method().toUpperCase(Locale.ROOT), BodyPublishers.ofByteArray(body))
            .build();
    return client.send(request, BodyHandlers.ofByteArray());
  }

  /** That a value has the fields, and the fields are described, to any depth. */
  private static void hasWhatIsRequired(String where, JsonNode schema, JsonNode value) {
    JsonNode meant = schema;
    if (schema.has("$ref")) {
      String name = schema.path("$ref").asText();
      meant = description.at(name.substring(1));
      assertThat(meant.isMissingNode()).as(name).isFalse();
    }
    if (value.isArray()) {
      for (JsonNode element : value) {
        hasWhatIsRequired(where + "[]", meant.path("items"), element);
      }
    } else if (value.isObject() && meant.has("properties")) {
      JsonNode properties = meant.path("properties");
      meant
          .path("required")
          .forEach(name -> assertThat(value.has(name.asText())).as(where).isTrue());
      value
          .fields()
          .forEachRemaining(
              field -> {
                assertThat(properties.has(field.getKey())).as(where + " " + field).isTrue();
                hasWhatIsRequired(
                    where + "." + field.getKey(),
                    properties.path(field.getKey()),
                    field.getValue());
              });
    }
  }
}
