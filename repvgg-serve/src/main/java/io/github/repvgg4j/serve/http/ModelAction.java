package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.serve.fault.RequestFault;
import io.github.repvgg4j.serve.inference.ImageResult;
import io.github.repvgg4j.serve.inference.Job;
import io.github.repvgg4j.serve.model.ServedModel;
import java.util.List;

/** A request that has a model compute something. */
interface ModelAction {

  /** Of the headers, before the body is read. */
  void check(Exchange exchange) throws RequestFault;

  /** Reads the body and begins to compute. */
  Job begin(Exchange exchange, Services services, ServedModel model, byte[] body)
      throws RequestFault;

  Reply reply(Exchange exchange, ServedModel model, List<ImageResult> results) throws RequestFault;
}
