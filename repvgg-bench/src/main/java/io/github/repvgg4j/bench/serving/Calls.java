package io.github.repvgg4j.bench.serving;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** The requests of a load, one an image, each with its judge. */
enum Calls {
  /** The JPEG file as it lies, to {@code /predictions/NAME}. */
  JPEG {
    @Override
    List<Call> of(ServingFiles files, Expected expected, URI server) throws IOException {
      List<Call> calls = new ArrayList<>();
      URI address = Protocol.predictions(server, ServingFiles.MODEL, Expected.TOP);
      for (int i = 0; i < files.images().size(); i++) {
        byte[] jpeg = Files.readAllBytes(files.images().get(i));
        calls.add(
            Call.post(address, Protocol.jpeg(), jpeg, expected.classesOf(i, expected.tolerance())));
      }
      return calls;
    }
  },
  /** Prepared images as binary tensors, to {@code /v2/models/NAME/infer}. */
  TENSOR {
    @Override
    List<Call> of(ServingFiles files, Expected expected, URI server) {
      List<Call> calls = new ArrayList<>();
      URI address = Protocol.infer(server, ServingFiles.MODEL);
      for (int i = 0; i < expected.inputs().size(); i++) {
        Protocol.Tensors tensors =
            Protocol.tensors("images", expected.inputs().get(i), 1, 3, files.shape().width());
        calls.add(
            Call.post(
                address,
                tensors.headers(),
                tensors.body(),
                expected.logitsOf(i, expected.tolerance())));
      }
      return calls;
    }
  };

  abstract List<Call> of(ServingFiles files, Expected expected, URI server) throws IOException;
}
