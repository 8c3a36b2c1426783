package com.example;

import com.example.Snippets.Given;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.spec.InputShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** A service that only answers. */
public final class Embed {

  private static final int CLASSES = 10;

  public static void main(String[] arguments) throws Exception {
    for (String name :
        List.of(
            "org.nd4j.linalg.factory.Nd4j",
            "picocli.CommandLine",
            "ch.qos.logback.classic.Logger")) {
      if (Embed.class.getClassLoader().getResource(name.replace('.', '/') + ".class") != null) {
        throw new AssertionError(name + " is on the class path of the runtime");
      }
    }
    Files.copy(Path.of("../train/fast.zip"), Path.of("fast.zip"), StandardCopyOption.REPLACE_EXISTING);
    InputShape shape = InputShape.square(16);
    FloatBuffer images = floats(3 * 16 * 16);
    FloatBuffer logits = floats(CLASSES);
    try (FastNetwork network =
        FastNetwork.load(Path.of("fast.zip"), RuntimeOptions.of(Precision.FP32))) {
      network.logits(images, 1, shape, logits);
    }
    if (Float.isNaN(logits.get(0))) {
      throw new AssertionError("no answer");
    }
    List<String> imports =
        List.of(
            "io.github.repvgg4j.onednn.Precision",
            "io.github.repvgg4j.runtime.*",
            "io.github.repvgg4j.spec.InputShape",
            "java.nio.file.*");
    List<Given> givens = List.of(new Given("float[]", "images", new float[3 * 224 * 224]));
    new Snippets("embed", imports, givens).runAll(Path.of(arguments[0]));
  }

  private static FloatBuffer floats(int length) {
    return ByteBuffer.allocateDirect(length * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }
}
