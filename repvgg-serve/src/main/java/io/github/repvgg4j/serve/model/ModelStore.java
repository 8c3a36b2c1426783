package io.github.repvgg4j.serve.model;

import io.github.repvgg4j.serve.batch.Pace;
import io.github.repvgg4j.serve.batch.Scheduler;
import io.github.repvgg4j.text.FailureWords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models that are served now. A thread of its own looks at their files, again and again, since
 * not every file system tells of changes: a file that has stopped changing is loaded and checked
 * beside the old one, which it then replaces; a bad one is refused and the old one stays.
 */
public final class ModelStore implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ModelStore.class);

  private final ModelOptions options;
  private final ModelFiles files;
  private final Scheduler scheduler;
  private final ModelPreparation preparation;
  private final WarmUp warmUp;
  private final Thread thread;
  private final CompletableFuture<Void> first = new CompletableFuture<>();
  private final Map<ModelId, FileStamp> settled = new HashMap<>();
  private final Map<ModelId, FileStamp> seen = new HashMap<>();
  private final Set<ModelId> missing = new HashSet<>();
  private volatile Map<ModelId, ServedModel> models = Map.of();
  private volatile boolean closed;

  public ModelStore(ModelOptions options, Scheduler scheduler) {
    this.options = options;
    this.files = new ModelFiles(options.files());
    this.scheduler = scheduler;
    this.preparation = new ModelPreparation(options, scheduler);
    this.warmUp = new WarmUp(scheduler);
    this.thread = new Thread(this::watch, "models");
    thread.setDaemon(true);
  }

  /**
   * Begins to load.
   *
   * @return done when every file that there is has been loaded or refused; fails where the one file
   *     of a model, or the folder, is bad
   */
  public CompletableFuture<Void> start() {
    thread.start();
    return first;
  }

  /** Whether all files were looked at and one of them answers at least. */
  public boolean ready() {
    return first.isDone() && !first.isCompletedExceptionally() && !models.isEmpty();
  }

  /** Whether all files were looked at once. */
  public boolean loaded() {
    return first.isDone();
  }

  /** How a model is computed where there are many images; empty where their size isn't known. */
  public Optional<Pace> pace(ServedModel model) {
    return model.facts().input().map(shape -> scheduler.pace(model.queue(), shape));
  }

  /** Names with their versions, ascending. */
  public Map<String, List<Integer>> names() {
    Map<String, List<Integer>> names = new TreeMap<>();
    new TreeMap<>(models)
        .keySet()
        .forEach(
            id -> names.computeIfAbsent(id.name(), name -> new ArrayList<>()).add(id.version()));
    return names;
  }

  /**
   * Keeps a model for one request.
   *
   * @param version the highest if not said
   */
  public Optional<ServedModel.Use> use(String name, Optional<Integer> version) {
    while (true) {
      Optional<ServedModel> model = find(name, version);
      if (model.isEmpty()) {
        return Optional.empty();
      }
      Optional<ServedModel.Use> use = model.get().use();
      if (use.isPresent()) {
        return use;
      } // replaced between the two lines
    }
  }

  private Optional<ServedModel> find(String name, Optional<Integer> version) {
    Map<ModelId, ServedModel> now = models;
    ServedModel found = null;
    for (ServedModel model : now.values()) {
      ModelId id = model.id();
      boolean asked = id.name().equals(name) && version.map(v -> v == id.version()).orElse(true);
      if (asked && (found == null || id.version() > found.id().version())) {
        found = model;
      }
    }
    return Optional.ofNullable(found);
  }

  private void watch() {
    try {
      Map<ModelId, Path> found = begin();
      surviving(() -> warmUp.run(models.values()));
      for (Map.Entry<ModelId, Path> file : found.entrySet()) {
        surviving(() -> improve(file.getKey(), file.getValue()));
      }
      while (!closed && !options.poll().isZero()) {
        Thread.sleep(options.poll().toMillis());
        surviving(this::look);
      }
    } catch (InterruptedException e) {
      first.completeExceptionally(new IOException("ended before its models were loaded"));
    } catch (IOException | RuntimeException | Error e) {
      first.completeExceptionally(e);
    }
  }

  private interface Task {
    void run() throws InterruptedException;
  }

  /** Files are watched as long as the server runs, also where its memory was short for a moment. */
  private static void surviving(Task task) throws InterruptedException {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      LOG.error("Models are looked at again, after a failure", e);
    }
  }

  /** Loads what is there. */
  private Map<ModelId, Path> begin() throws IOException, InterruptedException {
    Map<ModelId, Path> found = files.now();
    for (Map.Entry<ModelId, Path> file : found.entrySet()) {
      load(file.getKey(), file.getValue(), FileStamp.of(file.getValue()));
    }
    if (models.isEmpty()) {
      LOG.warn("{}: no model to serve yet", options.files());
    }
    first.complete(null);
    return found;
  }

  private void look() throws InterruptedException {
    Map<ModelId, Path> now;
    try {
      now = files.now();
    } catch (IOException e) {
      LOG.debug("{}: {}", options.files(), FailureWords.of(e));
      return; // its folder or its file is away: what is loaded stays
    }
    for (Map.Entry<ModelId, Path> file : now.entrySet()) {
      try {
        look(file.getKey(), file.getValue());
      } catch (IOException e) {
        LOG.warn("{}: {}", file.getValue(), FailureWords.of(e));
      }
    }
    unload(now.keySet());
  }

  /** Loads what has changed since, and has not since the last look. */
  private void look(ModelId id, Path file) throws IOException, InterruptedException {
    FileStamp stamp = FileStamp.of(file);
    if (stamp.equals(settled.get(id))) {
      seen.remove(id);
    } else if (stamp.equals(seen.put(id, stamp))) {
      load(id, file, stamp);
    }
  }

  private void load(ModelId id, Path file, FileStamp stamp)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    try {
      ServedModel model = prepared(id, file);
      if (!stamp.equals(FileStamp.of(file))) {
        model.retire(); // written while it was read
        return;
      }
      replace(model);
      LOG.info("{}: {}, {} ms", id, engine(model), millisSince(begun));
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      if (!first.isDone() && files.isOne()) {
        throw e;
      }
      boolean old = models.containsKey(id);
      LOG.warn("Refused: {}{}", FailureWords.of(e), old ? "; the old one stays" : "");
    }
    settled.put(id, stamp);
  }

  /** At the start the soonest, later the fastest. */
  private ServedModel prepared(ModelId id, Path file) throws IOException, InterruptedException {
    return first.isDone()
        ? preparation.whole(id, file, Optional.ofNullable(models.get(id)))
        : preparation.soon(id, file);
  }

  /** What was loaded at the start is measured while it answers. */
  private void improve(ModelId id, Path file) throws InterruptedException {
    ServedModel answering = models.get(id);
    if (answering == null) {
      return; // refused
    }
    long begun = System.nanoTime();
    Optional<ServedModel> better = preparation.improved(answering, file);
    if (better.isPresent()) {
      boolean same = settled.get(id).equals(stamp(file).orElse(null));
      if (same) {
        replace(better.get());
        LOG.info("{}: {}, {} ms", id, engine(better.get()), millisSince(begun));
      } else {
        better.get().retire(); // replaced meanwhile, which the next look finds
      }
    }
  }

  private static Optional<FileStamp> stamp(Path file) {
    try {
      return Optional.of(FileStamp.of(file));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String engine(ServedModel model) {
    ModelFacts facts = model.facts();
    return facts.engine() + facts.convolutions().map(c -> ", convolutions " + c).orElse("");
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  private void replace(ServedModel model) {
    Map<ModelId, ServedModel> next = new TreeMap<>(models);
    ServedModel old = next.put(model.id(), model);
    models = next;
    if (old != null) {
      old.retire();
    }
  }

  /** Of a folder: what is gone at two looks is served no more. */
  private void unload(Set<ModelId> there) {
    Set<ModelId> gone = new HashSet<>(models.keySet());
    gone.removeAll(there);
    for (ModelId id : gone) {
      if (missing.contains(id)) {
        Map<ModelId, ServedModel> next = new TreeMap<>(models);
        ServedModel old = next.remove(id);
        models = next;
        settled.remove(id);
        old.retire();
        LOG.info("{}: its file is gone; not served any more", id);
      }
    }
    missing.clear();
    missing.addAll(gone);
  }

  /** Ends loading and frees all models, each when its last request is done. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(30_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    models.values().forEach(ServedModel::retire);
    models = Map.of();
  }
}
