package io.github.repvgg4j.serve.inference;

import io.github.repvgg4j.serve.batch.FiniteFloats;
import io.github.repvgg4j.serve.batch.Row;
import io.github.repvgg4j.serve.batch.RowTimes;
import io.github.repvgg4j.serve.fault.FaultKind;
import io.github.repvgg4j.serve.fault.RequestFault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The images of one request: all of them have an answer of finite numbers, or the request fails by
 * the first that has none.
 */
public final class Job {

  private final CompletableFuture<List<ImageResult>> answer = new CompletableFuture<>();
  private final ImageResult[] results;
  private final List<Row> rows = new ArrayList<>();
  private final RequestFault notFinite;
  private int missing;

  /**
   * @param notFinite what it means where the network answers NaN or infinity
   */
  Job(int images, RequestFault notFinite) {
    this.results = new ImageResult[images];
    this.missing = images;
    this.notFinite = notFinite;
  }

  /** Done with all images in their order, or failed with a {@link RequestFault}. */
  public CompletableFuture<List<ImageResult>> answer() {
    return answer;
  }

  /** Nobody waits for it any more. */
  public void cancel() {
    fail(new RequestFault(FaultKind.DEADLINE, "the client has gone"));
  }

  /** For the row of one image. */
  Row.Listener listener(int index, long decodeNanos) {
    return new Row.Listener() {
      @Override
      public void computed(float[] logits, RowTimes times) {
        if (FiniteFloats.all(logits)) {
          Job.this.computed(index, new ImageResult(logits, decodeNanos, times));
        } else {
          fail(notFinite);
        }
      }

      @Override
      public void failed(RequestFault fault) {
        fail(fault);
      }
    };
  }

  /** A row that is dropped when the job fails. */
  void add(Row row) {
    synchronized (rows) {
      rows.add(row);
    }
  }

  boolean isDone() {
    return answer.isDone();
  }

  private void computed(int index, ImageResult result) {
    boolean last;
    synchronized (results) {
      results[index] = result;
      missing--;
      last = missing == 0;
    }
    if (last) {
      answer.complete(Arrays.asList(results));
    }
  }

  void fail(RequestFault fault) {
    if (answer.completeExceptionally(fault)) {
      List<Row> waiting;
      synchronized (rows) {
        waiting = List.copyOf(rows);
      }
      waiting.forEach(row -> row.fail(fault));
    }
  }
}
