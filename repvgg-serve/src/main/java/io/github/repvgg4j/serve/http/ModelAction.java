package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.serve.fault.RequestFault;
import io.github.repvgg4j.serve.inference.ImageResult;
import io.github.repvgg4j.serve.inference.Job;
import io.github.repvgg4j.serve.model.ServedModel;
import java.util.List;
import java.util.function.Function;

/** A request that has a model compute something. */
interface ModelAction {

  /**
   * What was begun.
   *
   * @param reply made of the results
   */
  record Work(Job job, Function<List<ImageResult>, Reply> reply) {}

  /** Of the headers, before the body is read. */
  void check(Exchange exchange) throws RequestFault;

  /** Bytes that reading a body takes beside it, at most. */
  default long workingBytes(Exchange exchange, byte[] body) throws RequestFault {
    return 0;
  }

  /** Reads the body and begins to compute. */
  Work begin(Exchange exchange, Services services, ServedModel model, byte[] body)
      throws RequestFault;
}
