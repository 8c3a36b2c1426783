package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.serve.fault.RequestFault;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.io.Content;

/** Bodies in parts, of which one is meant. */
final class Multipart {

  static final String TYPE = "multipart/form-data";

  private static final int PARTS = 16;
  private static final int HEADER_BYTES = 8 << 10;

  private Multipart() {}

  /**
   * The first part that is a file, or else with something in it.
   *
   * @param body the whole of it
   * @throws RequestFault where there is none
   */
  static byte[] file(String contentType, byte[] body) throws RequestFault {
    String boundary = MultiPart.extractBoundary(contentType);
    if (boundary == null || boundary.isEmpty()) {
      throw RequestFault.bad("Content-Type: multipart/form-data without a boundary");
    }
    First first = new First();
    try {
      MultiPart.Parser parser = new MultiPart.Parser(boundary, first);
      parser.setMaxParts(PARTS);
      parser.setPartHeadersMaxLength(HEADER_BYTES);
      parser.parse(Content.Chunk.from(ByteBuffer.wrap(body), true));
    } catch (RuntimeException e) {
      throw RequestFault.bad("the body isn't multipart/form-data");
    }
    if (!first.complete || first.bytes.size() == 0) {
      throw RequestFault.bad("the body has no part with an image, or is cut off");
    }
    return first.bytes.toByteArray();
  }

  private static final class First implements MultiPart.Parser.Listener {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean named;
    private boolean file;
    private boolean ended;
    private boolean complete;

    @Override
    public void onPartBegin() {
      named = false;
    }

    @Override
    public void onPartHeader(String name, String value) {
      named |=
          name.equalsIgnoreCase("Content-Disposition")
              && value.toLowerCase(Locale.ROOT).contains("filename");
    }

    /** A field of a form that stands before the file isn't it. */
    @Override
    public void onPartHeaders() {
      if (named && !file) {
        bytes.reset();
        ended = false;
        file = true;
      }
    }

    @Override
    public void onPartContent(Content.Chunk chunk) {
      ByteBuffer content = chunk.getByteBuffer();
      if (!ended && content.hasRemaining()) {
        byte[] more = new byte[content.remaining()];
        content.get(more);
        bytes.write(more, 0, more.length);
      }
    }

    @Override
    public void onPartEnd() {
      ended = bytes.size() > 0;
    }

    @Override
    public void onComplete() {
      complete = true;
    }

    @Override
    public void onFailure(Throwable failure) {
      complete = false;
    }
  }
}
