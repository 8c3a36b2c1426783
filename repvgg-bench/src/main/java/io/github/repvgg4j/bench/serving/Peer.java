package io.github.repvgg4j.bench.serving;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Servers of others, each with ONNX Runtime on the same network, from PyPI. */
enum Peer {
  /** Seldon's MLServer: files come as base64 in JSON, the one way in over REST. */
  MLSERVER("mlserver") {
    @Override
    List<String> prepare(ServingFiles files, Path python, Setting setting, int port)
        throws IOException {
      Path folder = Files.createDirectories(files.folder().resolve("mlserver"));
      Files.writeString(
          folder.resolve("settings.json"),
          String.format(
              Locale.ROOT,
              "{\"host\":\"127.0.0.1\",\"http_port\":%d,\"grpc_port\":%d,\"metrics_port\":%d,"
                  + "\"parallel_workers\":%d,\"debug\":false}",
              port,
              port + 1,
              port + 2,
              setting.workers() == 1 ? 0 : setting.workers()));
      Files.writeString(
          folder.resolve("model-settings.json"),
          String.format(
              Locale.ROOT,
              "{\"name\":\"%s\",\"implementation\":\"mlserver_runtime.Runtime\","
                  + "\"max_batch_size\":%d,\"max_batch_time\":%s}",
              ServingFiles.MODEL,
              setting.batch(),
              setting.batch() == 1 ? "0" : "0.005"));
      return List.of(python.resolve("bin/mlserver").toString(), "start", folder.toString());
    }

    @Override
    Call call(URI server, byte[] content) {
      String json =
          "{\"inputs\":[{\"name\":\"image\",\"datatype\":\"BYTES\",\"shape\":[1,1],\"data\":[\""
              + Base64.getEncoder().encodeToString(content)
              + "\"]}]}";
      return Call.post(
          Protocol.infer(server, ServingFiles.MODEL),
          Map.of("Content-Type", "application/json"),
          json.getBytes(StandardCharsets.US_ASCII),
          Call.ANY);
    }
  },
  /** PyTorch's TorchServe with a handler of its own: bodies as they are. */
  TORCHSERVE("torchserve") {
    @Override
    List<String> prepare(ServingFiles files, Path python, Setting setting, int port)
        throws IOException {
      Path store = Files.createDirectories(files.folder().resolve("torchserve"));
      archive(files, python, store);
      Path properties = store.resolve("config.properties");
      String address = "http://127.0.0.1:";
      Files.writeString(
          properties,
          String.join(
              "\n",
              "inference_address=" + address + port,
              "management_address=" + address + (port + 1),
              "metrics_address=" + address + (port + 2),
              "enable_metrics_api=false",
              "load_models=a0.mar",
              String.format(
                  Locale.ROOT,
                  "models={\"a0\":{\"1.0\":{\"marName\":\"a0.mar\",\"defaultVersion\":true,"
                      + "\"minWorkers\":%1$d,\"maxWorkers\":%1$d,\"batchSize\":%2$d,"
                      + "\"maxBatchDelay\":5}}}",
                  setting.workers(),
                  setting.batch()),
              ""));
      return List.of(
          python.resolve("bin/torchserve").toString(),
          "--start",
          "--foreground",
          "--ncs",
          "--disable-token-auth",
          "--model-store",
          store.toString(),
          "--ts-config",
          properties.toString());
    }

    @Override
    Call call(URI server, byte[] content) {
      return Call.post(
          server.resolve("/predictions/" + ServingFiles.MODEL),
          Map.of("Content-Type", "application/octet-stream"),
          content,
          Call.ANY);
    }
  };

  private final String label;

  Peer(String label) {
    this.label = label;
  }

  /**
   * How it uses the machine.
   *
   * @param workers processes with a copy of the network
   * @param threads of ONNX Runtime in each
   * @param batch most images at once; they wait 5 ms for others
   */
  record Setting(int workers, int threads, int batch) {

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%d workers of %d threads, batch %d", workers, threads, batch);
    }
  }

  String label() {
    return label;
  }

  /** Writes its configuration; its command line. */
  abstract List<String> prepare(ServingFiles files, Path python, Setting setting, int port)
      throws IOException;

  /**
   * @param content a JPEG file, or a raw tensor
   */
  abstract Call call(URI server, byte[] content);

  private static void archive(ServingFiles files, Path python, Path store) throws IOException {
    Process process =
        new ProcessBuilder(
                python.resolve("bin/torch-model-archiver").toString(),
                "-f",
                "--model-name",
                ServingFiles.MODEL,
                "--version",
                "1.0",
                "--handler",
                files.folder().resolve("torchserve_handler.py").toString(),
                "--export-path",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(store.resolve("archiver.log").toFile())
            .start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("torch-model-archiver failed; " + store + " has its log");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
