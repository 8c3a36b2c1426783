package io.github.repvgg4j.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.data.PillowFixtures;
import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.image.RgbImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against what src/test/python/augment_fixtures.py wrote. */
class TorchvisionOpsTest {

  private static final byte[] BLACK = new byte[3];

  @Test
  void everyOperationEqualsTorchvisionsOnPillowImagesToTheBit() throws IOException {
    RgbImage photo = PillowFixtures.read("photo.png");
    RgbImage wide = photo.crop(0, 0, 40, 30);
    RgbImage square = photo.crop(10, 10, 30, 30);
    RgbImage sheet = ImageReader.decode("ops.png", resource("ops.png"));
    int top = 0;
    for (String[] line : lines("ops.tsv")) {
      RgbImage image = line[0].equals("wide") ? wide : square;
      double magnitude = Double.parseDouble(line[2]);
      RgbImage ours =
          line[1].equals("HUE")
              ? Hue.adjust(image, magnitude)
              : PolicyOp.valueOf(line[1]).apply(image, magnitude, BLACK);
      RgbImage theirs = sheet.crop(0, top, image.width(), image.height());
      top += image.height();
      assertThat(PillowFixtures.meanDifference(ours, theirs)).as(String.join(" ", line)).isZero();
    }
    assertThat(top).isEqualTo(sheet.height());
  }

  @Test
  void magnitudesAreTorchvisions() throws IOException {
    for (String[] line : lines("ranges.tsv")) {
      PolicyOp op = PolicyOp.valueOf(line[1]);
      double magnitude =
          MagnitudeRange.valueOf(line[0])
              .at(
                  op,
                  Integer.parseInt(line[2]),
                  Integer.parseInt(line[3]),
                  Integer.parseInt(line[4]),
                  Integer.parseInt(line[5]));
      assertThat(magnitude)
          .as(String.join(" ", line))
          .isCloseTo(Double.parseDouble(line[6]), within(1e-5));
      assertThat(op.strength() == PolicyOp.Strength.SIGNED)
          .as(line[1])
          .isEqualTo(line[7].equals("True"));
    }
  }

  @Test
  void learnedPoliciesAreTorchvisions() throws IOException {
    List<String> ours = new ArrayList<>();
    LearnedPolicy.CIFAR10.forEach(pair -> ours.add("CIFAR10" + text(pair)));
    LearnedPolicy.IMAGENET.forEach(pair -> ours.add("IMAGENET" + text(pair)));
    assertThat(ours)
        .isEqualTo(lines("learned.tsv").stream().map(line -> String.join("\t", line)).toList());
  }

  private static String text(List<LearnedPolicy.Entry> pair) {
    StringBuilder text = new StringBuilder();
    for (LearnedPolicy.Entry entry : pair) {
      text.append('\t').append(entry.op());
      text.append('\t').append(entry.probability()).append('\t').append(entry.step());
    }
    return text.toString();
  }

  private static List<String[]> lines(String name) throws IOException {
    return new String(resource(name), StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.split("\t"))
        .toList();
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = TorchvisionOpsTest.class.getResourceAsStream("/torchvision/" + name)) {
      return in.readAllBytes();
    }
  }
}
