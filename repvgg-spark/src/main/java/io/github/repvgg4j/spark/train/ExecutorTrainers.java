package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.backend.Accelerator;
import io.github.repvgg4j.train.loop.GraphTrainer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The networks of an executor, kept from one round to the next: one for each task at a time. */
final class ExecutorTrainers {

  private static final ConcurrentHashMap<JobDescription, ConcurrentLinkedQueue<GraphTrainer>> IDLE =
      new ConcurrentHashMap<>();

  private ExecutorTrainers() {}

  /** Give it back. */
  static GraphTrainer borrow(JobDescription job) {
    IDLE.keySet().removeIf(other -> !other.equals(job));
    GraphTrainer trainer = queue(job).poll();
    if (trainer == null) {
      trainer = job.trainer();
      Accelerator.enable(trainer.graph(), job.config().backend().accelerate());
    }
    return trainer;
  }

  static void giveBack(JobDescription job, GraphTrainer trainer) {
    queue(job).add(trainer);
  }

  private static ConcurrentLinkedQueue<GraphTrainer> queue(JobDescription job) {
    return IDLE.computeIfAbsent(job, j -> new ConcurrentLinkedQueue<>());
  }
}
