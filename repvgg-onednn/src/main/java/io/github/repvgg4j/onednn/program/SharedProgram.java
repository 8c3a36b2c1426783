package io.github.repvgg4j.onednn.program;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A program that many callers run at once, each with memory of its own, which is kept for later.
 */
public final class SharedProgram implements Plan {

  private final Program program;
  private final Deque<Caller> idle = new ArrayDeque<>();

  private record Caller(Execution execution, Scratch scratch) implements AutoCloseable {
    @Override
    public void close() {
      execution.close();
      scratch.close();
    }
  }

  /**
   * @param program taken over
   */
  public SharedProgram(Program program) {
    this.program = program;
  }

  /**
   * @param addresses of the slots, in the order in which the tape gave them
   */
  public void run(long... addresses) {
    Caller caller = borrow();
    try {
      caller.execution.run(addresses);
    } catch (RuntimeException | Error e) {
      caller.close();
      throw e;
    }
    synchronized (idle) {
      idle.push(caller);
    }
  }

  private Caller borrow() {
    synchronized (idle) {
      Caller caller = idle.poll();
      if (caller != null) {
        return caller;
      }
    }
    Scratch scratch = new Scratch();
    return new Caller(new Execution(program, () -> scratch), scratch);
  }

  /** Memory of callers that are not running just now. */
  @Override
  public long bytes() {
    synchronized (idle) {
      return idle.size() * program.bytes();
    }
  }

  /** Only when nobody runs it. */
  @Override
  public void close() {
    synchronized (idle) {
      idle.forEach(Caller::close);
      idle.clear();
    }
    program.close();
  }
}
