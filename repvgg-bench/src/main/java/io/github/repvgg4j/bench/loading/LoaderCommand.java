package io.github.repvgg4j.bench.loading;

import io.github.repvgg4j.bench.measure.ClockOptions;
import io.github.repvgg4j.bench.measure.Machine;
import io.github.repvgg4j.bench.measure.TempFolder;
import io.github.repvgg4j.data.set.ImageData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Images a second of the training loader, and what many names cost. */
@Command(
    name = "loader",
    mixinStandardHelpOptions = true,
    description = {
      "Images a second of whole epochs of the training loader: 32 x 32 images out of a zip, and",
      "JPEGs of 500 x 375 with a random resized crop of 224, these beside torchvision.",
      "With --million instead: listing time and heap of a data set with many names."
    })
public final class LoaderCommand implements Callable<Integer> {

  private static final long CACHE_BYTES = 512L << 20;

  @Option(
      names = "--cifar",
      paramLabel = "PATH",
      description = "Zip or folder of 32 x 32 images; default: 5000 are generated.")
  private Path cifar;

  @Option(names = "--jpegs", defaultValue = "400", description = "How many JPEGs are generated.")
  private int jpegs;

  @Option(names = "--threads", split = ",", defaultValue = "1,2", description = "Of the loader.")
  private List<Integer> threads;

  @Option(
      names = "--python",
      defaultValue = "/usr/bin/python3",
      description = "With torch and torchvision (default: ${DEFAULT-VALUE}).")
  private Path python;

  @Mixin private final ClockOptions clock = new ClockOptions(120, 5);

  @Option(names = "--million", paramLabel = "N", description = "N names linked to the JPEGs.")
  private int million;

  @Override
  public Integer call() throws IOException {
    System.out.printf(
        Locale.ROOT,
        "%s, %d cores, Java %s; one call is one epoch in batches of %d, files in the system's"
            + " cache%n",
        Machine.cpuModel(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.version"),
        OwnLoader.BATCH);
    try (TempFolder temp = new TempFolder("repvgg-loader")) {
      if (million > 0) {
        many(temp.path());
      } else {
        smallImages(temp.path());
        photographs(temp.path());
      }
    }
    return 0;
  }

  private LoaderBench bench() {
    return new LoaderBench(clock.clock());
  }

  private void smallImages(Path temp) throws IOException {
    Path path = cifar == null ? CifarLike.write(temp, 500) : cifar;
    System.out.printf(
        Locale.ROOT, "%n32 x 32, %s: padded crop, flip%n%n", cifar == null ? "generated" : cifar);
    List<LoaderContender> loaders = new ArrayList<>();
    try (ImageData data = ImageData.open(path)) {
      for (int number : threads) {
        loaders.add(new OwnLoader(data, OwnLoader.Work.cifar(number, 0)));
        loaders.add(new OwnLoader(data, OwnLoader.Work.cifar(number, CACHE_BYTES)));
      }
      System.out.println(LoaderBench.table(bench().run(loaders)));
    } finally {
      loaders.forEach(LoaderContender::close);
    }
  }

  private void photographs(Path temp) throws IOException {
    Path folder = jpegFolder(temp);
    List<LoaderContender> loaders = new ArrayList<>();
    try (ImageData data = ImageData.open(folder)) {
      for (int number : threads) {
        loaders.add(new OwnLoader(data, OwnLoader.Work.imageNet(number)));
      }
      addPeers(temp, folder.resolve("train"), loaders);
      System.out.println(LoaderBench.table(bench().run(loaders)));
    } finally {
      loaders.forEach(LoaderContender::close);
    }
  }

  private void addPeers(Path temp, Path train, List<LoaderContender> loaders) {
    try {
      for (int number : threads) {
        TorchvisionLoader peer =
            TorchvisionLoader.open(python, temp, new TorchvisionLoader.Work(train, 224, number));
        loaders.add(peer);
        System.out.printf(
            Locale.ROOT, "%s workers: %d, %s%n", peer.name(), number, peer.versions());
      }
    } catch (IOException e) {
      System.out.println("torchvision is not measured: " + e.getMessage());
    }
    System.out.println();
  }

  private Path jpegFolder(Path temp) throws IOException {
    Path folder = temp.resolve("jpegs");
    Photographs.write(folder, jpegs);
    List<Path> files = jpegFiles(folder);
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    System.out.printf(
        Locale.ROOT,
        "%nJPEG %d x %d, %d files of %.0f kB on average: random resized crop of 224, flip%n",
        Photographs.WIDTH,
        Photographs.HEIGHT,
        files.size(),
        bytes / 1e3 / files.size());
    return folder;
  }

  private static List<Path> jpegFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("train"))) {
      return files.filter(file -> file.toString().endsWith(".jpg")).sorted().toList();
    }
  }

  private void many(Path temp) throws IOException {
    List<Path> files = jpegFiles(jpegFolder(temp));
    Path names = temp.resolve("names");
    ManyImages.link(names, files, million);
    System.out.printf(Locale.ROOT, "%n%s", ManyImages.measure(names).table());
  }
}
