package io.github.repvgg4j.train.report;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/**
 * The pages' templates, resources beside this class. {@code {{name}}} is HTML-escaped; {@code
 * {{{svg}}}} alone is not. A name that a template uses and the data lacks is an error.
 */
final class Template {

  private Template() {}

  static String render(String name, Object data) throws IOException {
    try (Reader page = open(name)) {
      return Mustache.compiler()
          .zeroIsFalse(true)
          .withLoader(Template::open)
          .compile(page)
          .execute(data);
    }
  }

  private static Reader open(String name) {
    InputStream in = Template.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException("no resource " + name);
    }
    return new InputStreamReader(in, StandardCharsets.UTF_8);
  }
}
