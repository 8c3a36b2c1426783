package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.train.loop.GraphTrainer;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.stream.Collectors;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The networks of an executor, kept from one round to the next: one for each task at a time. Those
 * of another job, and one whose task failed, are closed.
 */
final class ExecutorTrainers {

  private static final Deque<AcceleratedTrainer> IDLE = new ArrayDeque<>();
  private static JobDescription jobOfIdle;

  private ExecutorTrainers() {}

  /** A trainer in the hands of one task. */
  static final class Loan {

    private final JobDescription job;
    private final AcceleratedTrainer lent;
    private boolean ended;

    private Loan(JobDescription job, AcceleratedTrainer lent) {
      this.job = job;
      this.lent = lent;
    }

    GraphTrainer trainer() {
      return lent.trainer();
    }

    /** Keeps the trainer for later tasks; this one must not use it any more. */
    void giveBack() {
      ended = true;
      keep(job, lent);
    }

    private void closeUnlessGivenBack() {
      if (!ended) {
        ended = true;
        lent.close();
      }
    }
  }

  /** Give it back; what a task has not given back when it ends is closed. */
  static Loan borrow(JobDescription job) {
    AcceleratedTrainer idle = idle(job);
    Loan loan = new Loan(job, idle == null ? job.acceleratedTrainer() : idle);
    TaskContext task = TaskContext.get();
    if (task != null) {
      task.addTaskCompletionListener(
          (TaskCompletionListener) context -> loan.closeUnlessGivenBack());
    }
    return loan;
  }

  /** What computes on the executors; different answers one after another. */
  static String acceleration(JavaSparkContext context, JobDescription job, int workers) {
    return context
        .parallelize(Collections.nCopies(workers, job), workers)
        .map(ExecutorTrainers::accelerationHere)
        .collect()
        .stream()
        .distinct()
        .sorted()
        .collect(Collectors.joining(" | "));
  }

  private static String accelerationHere(JobDescription job) {
    Loan loan = borrow(job);
    loan.giveBack();
    return loan.lent.acceleration();
  }

  /** Null where a new one must be made. */
  private static synchronized AcceleratedTrainer idle(JobDescription job) {
    if (!job.equals(jobOfIdle)) {
      IDLE.forEach(AcceleratedTrainer::close);
      IDLE.clear();
      jobOfIdle = job;
    }
    return IDLE.poll();
  }

  private static synchronized void keep(JobDescription job, AcceleratedTrainer trainer) {
    if (job.equals(jobOfIdle)) {
      IDLE.add(trainer);
    } else {
      trainer.close();
    }
  }
}
