package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.spec.InputShape;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 3,224,224}. */
final class ShapeConverter implements ITypeConverter<InputShape> {

  @Override
  public InputShape convert(String text) {
    String[] parts = text.replaceAll("[\\[\\] ]", "").split(",", -1);
    try {
      if (parts.length == 3) {
        return new InputShape(
            Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
      }
    } catch (NumberFormatException e) {
      throw noShape(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + text + "' is no shape: " + e.getMessage());
    }
    throw noShape(text);
  }

  private static TypeConversionException noShape(String text) {
    return new TypeConversionException(
        "'" + text + "' is no shape; give channels,height,width such as 3,224,224");
  }
}
