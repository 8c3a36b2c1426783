package com.example;

import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.spec.InputShape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import javax.imageio.ImageIO;

/** A service that only answers. */
public final class Embed {

  private static final int CLASSES = 10;

  public static void main(String[] arguments) throws Exception {
    for (String name : List.of("org.nd4j.linalg.factory.Nd4j", "ch.qos.logback.classic.Logger")) {
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
    BufferedImage picture = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(picture, "png", png);
    Files.write(Path.of("cat.jpg"), png.toByteArray()); // told by its content
    new Snippets(
            "embed",
            List.of(
                "io.github.repvgg4j.answer.*",
                "io.github.repvgg4j.onednn.Precision",
                "io.github.repvgg4j.runtime.*",
                "io.github.repvgg4j.runtime.image.*",
                "io.github.repvgg4j.spec.InputShape",
                "java.io.IOException",
                "java.net.http.*",
                "java.nio.file.*",
                "java.time.Duration",
                "java.util.*"),
            List.of(
                new Snippets.Given("float[]", "images", new float[3 * 224 * 224]),
                new Snippets.Given("Integer", "batch", 1),
                new Snippets.Given("byte[]", "bytes", png.toByteArray()),
                new Snippets.Given("java.net.URI", "server", null), // none runs here
                new Snippets.Given("java.awt.image.BufferedImage", "bufferedImage", picture)))
        .runAll(Path.of(arguments[0]));
  }

  private static FloatBuffer floats(int length) {
    return ByteBuffer.allocateDirect(length * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }
}
