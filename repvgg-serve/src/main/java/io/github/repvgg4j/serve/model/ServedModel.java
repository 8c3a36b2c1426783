package io.github.repvgg4j.serve.model;

import io.github.repvgg4j.serve.batch.Computer;
import io.github.repvgg4j.serve.batch.ModelQueue;
import io.github.repvgg4j.serve.batch.Scheduler;
import java.util.Optional;

/** One version of a model, loaded. It lives until it is retired and its last request is done. */
public final class ServedModel {

  private final ModelId id;
  private final ModelFacts facts;
  private final long fileBytes;
  private final Computer computer;
  private final Scheduler scheduler;
  private final ModelQueue queue;
  private int users = 1;

  ServedModel(
      ModelId id, ModelFacts facts, long fileBytes, Computer computer, Scheduler scheduler) {
    this.id = id;
    this.facts = facts;
    this.fileBytes = fileBytes;
    this.computer = computer;
    this.scheduler = scheduler;
    this.queue = scheduler.register(computer);
  }

  public ModelId id() {
    return id;
  }

  public ModelFacts facts() {
    return facts;
  }

  /** Where its images wait. */
  public ModelQueue queue() {
    return queue;
  }

  /** Whether another is computed as fast: the same input, engine and, nearly, size. */
  boolean resembles(ServedModel other) {
    return facts.input().isPresent()
        && facts.input().equals(other.facts.input())
        && facts.engine().equals(other.facts.engine())
        && facts.convolutions().equals(other.facts.convolutions())
        && Math.abs(fileBytes - other.fileBytes) <= fileBytes / 10;
  }

  /** Keeps it for one request; empty where it has been freed. */
  synchronized Optional<Use> use() {
    if (users == 0) {
      return Optional.empty();
    }
    users++;
    return Optional.of(new Use(this));
  }

  /** Frees it when the last request is done. */
  void retire() {
    release();
  }

  private void release() {
    synchronized (this) {
      users--;
      if (users > 0) {
        return;
      }
    }
    scheduler.remove(queue);
    computer.close();
  }

  /** A request's hold on a model. */
  public static final class Use implements AutoCloseable {

    private final ServedModel model;
    private boolean open = true;

    private Use(ServedModel model) {
      this.model = model;
    }

    public ServedModel model() {
      return model;
    }

    /** Lets it go, once. */
    @Override
    public void close() {
      synchronized (this) {
        if (!open) {
          return;
        }
        open = false;
      }
      model.release();
    }
  }
}
