package io.github.repvgg4j.serve.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Headless Chromium with one page, told what to do by its DevTools protocol. */
final class Chromium implements AutoCloseable {

  private static final int TIMEOUT_SECONDS = 20;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String GREETING = "DevTools listening on ";

  private final Process process;
  private final Session session;

  private Chromium(Process process, Session session) {
    this.process = process;
    this.session = session;
  }

  /** The machine's browser, if it has one. */
  static Optional<Path> find() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .flatMap(folder -> Stream.of("chromium", "chromium-browser").map(Path.of(folder)::resolve))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * @param profile an empty folder
   */
  static Chromium start(Path browser, Path profile) throws Exception {
    Process process =
        new ProcessBuilder(
                browser.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--disable-background-networking",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .start();
    try {
      URI browserAddress = greeting(process);
      Session session = new Session(pageOf(browserAddress));
      for (String domain : List.of("Page", "Runtime", "DOM", "Log", "Network")) {
        session.call(domain + ".enable", Map.of());
      }
      return new Chromium(process, session);
    } catch (Exception e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static URI greeting(Process process) throws IOException {
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(GREETING)) {
        Thread rest = new Thread(() -> lines.lines().forEach(ignored -> {}), "chromium-output");
        rest.setDaemon(true);
        rest.start();
        return URI.create(line.substring(GREETING.length()).strip());
      }
    }
    throw new IOException("chromium ended before it listened");
  }

  private static URI pageOf(URI browser) throws Exception {
    URI list = URI.create("http://" + browser.getAuthority() + "/json/list");
    String pages =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(list).build(), BodyHandlers.ofString())
            .body();
    for (JsonNode page : JSON.readTree(pages)) {
      if (page.path("type").asText().equals("page")) {
        return URI.create(page.path("webSocketDebuggerUrl").asText());
      }
    }
    throw new IOException("chromium has no page");
  }

  /** Sends a command of the DevTools protocol; its result. */
  JsonNode call(String method, Map<String, ?> parameters) throws Exception {
    return session.call(method, parameters);
  }

  void open(URI address) throws Exception {
    call("Page.navigate", Map.of("url", address.toString()));
    await("document.readyState === 'complete' && location.href !== 'about:blank'");
  }

  /** Of a window of this width in CSS pixels; {@code scheme} is "light" or "dark". */
  void show(int width, String scheme, boolean reducedMotion) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 500));
    call(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", scheme),
                Map.of(
                    "name",
                    "prefers-reduced-motion",
                    "value",
                    reducedMotion ? "reduce" : "no-preference"))));
  }

  /** The value of an expression, as text. */
  String eval(String expression) throws Exception {
    JsonNode result =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (result.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + result.path("exceptionDetails"));
    }
    return result.path("result").path("value").asText();
  }

  /** Waits until an expression is true. */
  void await(String condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
    while (!eval("!!(" + condition + ")").equals("true")) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            condition + " did not come; the page says: " + eval("document.body.innerText"));
      }
      Thread.sleep(20);
    }
  }

  /** Chooses files in a file field, as the system's dialog would. */
  void choose(String selector, List<Path> files) throws Exception {
    JsonNode root = call("DOM.getDocument", Map.of()).path("root").path("nodeId");
    JsonNode field =
        call("DOM.querySelector", Map.of("nodeId", root, "selector", selector)).path("nodeId");
    List<String> names = files.stream().map(file -> file.toAbsolutePath().toString()).toList();
    call("DOM.setFileInputFiles", Map.of("nodeId", field, "files", names));
  }

  /** A key goes down and up where the focus is. */
  void press(String key, int code) throws Exception {
    String text = key.equals("Enter") ? "\r" : "";
    for (String type : List.of(text.isEmpty() ? "rawKeyDown" : "keyDown", "keyUp")) {
      Map<String, Object> event =
          Map.of(
              "type", type, "key", key, "code", key, "windowsVirtualKeyCode", code, "text", text);
      call("Input.dispatchKeyEvent", event);
    }
  }

  void type(String text) throws Exception {
    call("Input.insertText", Map.of("text", text));
  }

  /** A picture of the whole page, PNG. */
  byte[] screenshot() throws Exception {
    JsonNode size = call("Page.getLayoutMetrics", Map.of()).path("cssContentSize");
    ObjectNode clip = JSON.createObjectNode().put("x", 0).put("y", 0).put("scale", 1);
    clip.set("width", size.path("width"));
    clip.set("height", size.path("height"));
    JsonNode picture =
        call("Page.captureScreenshot", Map.of("captureBeyondViewport", true, "clip", clip));
    return Base64.getDecoder().decode(picture.path("data").asText());
  }

  /** What the console, the network and uncaught exceptions have said so far. */
  List<String> complaints() {
    return new ArrayList<>(session.complaints);
  }

  /** Addresses asked for so far. */
  List<String> requests() {
    return new ArrayList<>(session.requests);
  }

  /** Complaints and requests so far. */
  void forget() {
    session.complaints.clear();
    session.requests.clear();
  }

  @Override
  public void close() throws Exception {
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  /** One connection: commands have numbers, events have none. */
  private static final class Session implements WebSocket.Listener {

    private final Map<Integer, CompletableFuture<JsonNode>> open = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final WebSocket socket;
    private int last;

    Session(URI page) {
      this.socket = HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(page, this).join();
    }

    JsonNode call(String method, Map<String, ?> parameters) throws Exception {
      int number = ++last;
      CompletableFuture<JsonNode> answer = new CompletableFuture<>();
      open.put(number, answer);
      Map<String, Object> command = Map.of("id", number, "method", method, "params", parameters);
      socket
          .sendText(JSON.writeValueAsString(command), true)
          .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      JsonNode message = answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      if (message.has("error")) {
        throw new AssertionError(method + ": " + message.path("error"));
      }
      return message.path("result");
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean isLast) {
      text.append(part);
      if (isLast) {
        receive(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    private void receive(String message) {
      try {
        JsonNode json = JSON.readTree(message);
        if (json.has("id")) {
          open.remove(json.path("id").asInt()).complete(json);
        } else {
          event(json.path("method").asText(), json.path("params"));
        }
      } catch (IOException e) {
        complaints.add("no JSON from the browser: " + message);
      }
    }

    private void event(String method, JsonNode event) {
      switch (method) {
        case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded" ->
            complaints.add(event.toString());
        case "Network.requestWillBeSent" ->
            requests.add(event.path("request").path("url").asText());
        default -> {}
      }
    }
  }
}
