package io.github.repvgg4j.train.report;

import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.RgbImage;
import io.github.repvgg4j.data.set.ImageSplit;
import io.github.repvgg4j.train.loop.Evaluation;
import io.github.repvgg4j.train.loop.Evaluation.Answer;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** The test images that a network got wrong with the highest confidence, as pictures. */
final class Mistakes {

  private static final int COUNT = 24;
  private static final int MAX_SIDE = 128;
  private static final int MAX_PNG_SIDE = 64;

  private Mistakes() {}

  /**
   * @param name the image's file
   * @param picture what the network saw of it, as a data: URI
   * @param confidence per cent
   */
  record Mistake(String name, String picture, String truth, String predicted, String confidence) {}

  static List<Mistake> of(Evaluation.OneClass evaluation, TestImages images) throws IOException {
    ImageSplit test = images.split();
    int[] indices =
        IntStream.range(0, test.size()).filter(i -> !images.bad().contains(test.name(i))).toArray();
    List<Answer> answers = evaluation.answers();
    if (indices.length != answers.size()) {
      return List.of(); // an image has come or gone since
    }
    List<Integer> worst =
        IntStream.range(0, answers.size())
            .filter(i -> answers.get(i).truth() != answers.get(i).predicted())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -answers.get(i).confidence()))
            .limit(COUNT)
            .toList();
    List<Mistake> mistakes = new ArrayList<>();
    for (int i : worst) {
      Answer answer = answers.get(i);
      try {
        mistakes.add(
            new Mistake(
                test.name(indices[i]),
                dataUri(picture(images, indices[i])),
                images.labels().get(answer.truth()),
                images.labels().get(answer.predicted()),
                Text.format("%.1f", 100 * answer.confidence())));
      } catch (BadImageException e) {
        continue; // gone since; the page does without it
      }
    }
    return mistakes;
  }

  private static RgbImage picture(TestImages images, int index) throws BadImageException {
    ImageSplit test = images.split();
    return images.preprocessor().fit(test.name(index), () -> test.read(index));
  }

  /** Small pictures without loss, larger ones reduced and as JPEG. */
  private static String dataUri(RgbImage image) throws IOException {
    BufferedImage picture = reduced(picture(image));
    String format =
        Math.max(picture.getWidth(), picture.getHeight()) <= MAX_PNG_SIDE ? "png" : "jpeg";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageIO.write(picture, format, out);
    }
    return "data:image/"
        + format
        + ";base64,"
        + Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static BufferedImage picture(RgbImage image) {
    BufferedImage picture =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        int rgb = image.value(x, y, 0) << 16 | image.value(x, y, 1) << 8 | image.value(x, y, 2);
        picture.setRGB(x, y, rgb);
      }
    }
    return picture;
  }

  private static BufferedImage reduced(BufferedImage picture) {
    int side = Math.max(picture.getWidth(), picture.getHeight());
    if (side <= MAX_SIDE) {
      return picture;
    }
    int width = Math.max(1, picture.getWidth() * MAX_SIDE / side);
    int height = Math.max(1, picture.getHeight() * MAX_SIDE / side);
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = small.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(picture, 0, 0, width, height, null);
    graphics.dispose();
    return small;
  }
}
