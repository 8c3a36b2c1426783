package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.serve.fault.FaultKind;
import io.github.repvgg4j.serve.fault.RequestFault;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;

/** The page and what belongs to it: a fixed list, so that no path of a request names a file. */
enum PageFiles {
  PAGE("/", "page.html", "text/html; charset=utf-8"),
  SCRIPT("/page.js", "page.js", "text/javascript; charset=utf-8"),
  STYLE("/page.css", "page.css", "text/css; charset=utf-8"),
  ICON("/icon.svg", "icon.svg", "image/svg+xml"),
  OPENAPI("/openapi.json", "openapi.json", "application/json");

  /** Nothing of another place, nothing inline; images of the user are blobs. */
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final String path;
  private final String resource;
  private final String contentType;

  PageFiles(String path, String resource, String contentType) {
    this.path = path;
    this.resource = resource;
    this.contentType = contentType;
  }

  private static Optional<PageFiles> at(String path) {
    return Arrays.stream(values()).filter(file -> file.path.equals(path)).findFirst();
  }

  String path() {
    return path;
  }

  static boolean has(String path) {
    return at(path).isPresent();
  }

  static Reply reply(String path) throws RequestFault {
    PageFiles file = at(path).orElseThrow();
    try (InputStream in = PageFiles.class.getResourceAsStream("page/" + file.resource)) {
      if (in == null) {
        throw new RequestFault(FaultKind.NOT_FOUND, "this build has no " + file.resource);
      }
      return Reply.of(200, file.contentType, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
