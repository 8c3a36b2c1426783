package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.serve.fault.RequestFault;
import java.util.OptionalDouble;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;

/** What stands behind the question mark. */
final class Query {

  private final Fields fields;

  private Query(Fields fields) {
    this.fields = fields;
  }

  static Query of(Request request) throws RequestFault {
    try {
      return new Query(Request.extractQueryParameters(request));
    } catch (RuntimeException e) {
      throw RequestFault.bad("the query isn't UTF-8 in percent-encoding");
    }
  }

  boolean has(String name) {
    return fields.getValue(name) != null;
  }

  /** A probability, where one is given. */
  OptionalDouble probability(String name) throws RequestFault {
    String text = fields.getValue(name);
    if (text == null) {
      return OptionalDouble.empty();
    }
    try {
      double number = Double.parseDouble(text);
      if (number >= 0 && number <= 1) {
        return OptionalDouble.of(number);
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw RequestFault.bad(name + ": a number from 0 to 1 expected");
  }

  /** A whole number. */
  int number(String name, int standard, int least) throws RequestFault {
    String text = fields.getValue(name);
    if (text == null) {
      return standard;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw RequestFault.bad(name + ": a whole number of " + least + " or more expected");
  }
}
