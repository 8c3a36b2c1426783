package io.github.repvgg4j.train;

import io.github.repvgg4j.data.augment.Augmentation;
import io.github.repvgg4j.data.augment.Draw;
import io.github.repvgg4j.data.augment.MagnitudeRange;
import io.github.repvgg4j.data.augment.PolicyOp;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.image.RgbImage;
import io.github.repvgg4j.data.load.BadImages;
import io.github.repvgg4j.data.picture.Pictures;
import io.github.repvgg4j.data.set.ImageSplit;
import io.github.repvgg4j.spec.InputShape;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Training images beside what augmentations make of them, to be looked at. */
final class ContactSheet {

  private static final int COLUMNS = 10;
  private static final int CELL = 96;
  private static final int GAP = 4;
  private static final int LABEL = 18;

  private final List<String> labels = new ArrayList<>();
  private final List<List<RgbImage>> rows = new ArrayList<>();

  /**
   * A row an augmentation, one with all of them, and one for each operation of the policies from
   * weakest to strongest with both signs.
   *
   * @param augmentations as configured
   * @param policy what is done with images that cannot be used
   */
  static BufferedImage draw(
      ImageSplit images,
      ImagePreprocessor preprocessor,
      List<Augmentation> augmentations,
      BadImages.Policy policy)
      throws IOException {
    ContactSheet sheet = new ContactSheet();
    List<RgbImage> whole = new ArrayList<>();
    List<RgbImage> fitted = new ArrayList<>();
    for (int i = 0; i < COLUMNS; i++) {
      int index = read(images, i, policy, whole);
      RgbImage image = whole.get(i);
      fitted.add(preprocessor.fit(images.name(index), () -> image));
    }
    sheet.row("images as the network sees them in a test", fitted);
    boolean crops = augmentations.stream().anyMatch(a -> a instanceof Augmentation.ResizedCrop);
    for (Augmentation one : augmentations) {
      boolean crop = one instanceof Augmentation.ResizedCrop;
      sheet.row(one.toString(), changed(crop ? whole : fitted, List.of(one), 0));
    }
    for (int epoch = 0; epoch < 3; epoch++) {
      sheet.row(
          "all as configured, epoch " + (epoch + 1),
          changed(crops ? whole : fitted, augmentations, epoch));
    }
    sheet.operations(fitted.get(0), preprocessor.input());
    return sheet.picture();
  }

  /**
   * Adds the image of a column, or the next one that can be used where others are skipped.
   *
   * @return which it is
   */
  private static int read(
      ImageSplit images, int column, BadImages.Policy policy, List<RgbImage> whole)
      throws IOException {
    int index = (int) ((long) column * images.size() / COLUMNS);
    for (int tried = 1; true; tried++) {
      try {
        whole.add(images.read(index));
        return index;
      } catch (BadImageException e) {
        if (policy == BadImages.Policy.FAIL || tried == images.size()) {
          throw e;
        }
        index = (index + 1) % images.size();
      }
    }
  }

  private static List<RgbImage> changed(
      List<RgbImage> images, List<Augmentation> augmentations, int epoch) {
    List<RgbImage> results = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      Draw draw = Draw.of(1, epoch, i);
      RgbImage result = images.get(i);
      for (Augmentation augmentation : augmentations) {
        result = augmentation.apply(result, draw);
      }
      results.add(result);
    }
    return results;
  }

  private void operations(RgbImage image, InputShape size) {
    byte[] black = new byte[3];
    for (PolicyOp op : PolicyOp.values()) {
      List<RgbImage> results = new ArrayList<>();
      for (int step = 0; step < COLUMNS; step++) {
        double magnitude = MagnitudeRange.WIDE.at(op, step, COLUMNS, size.width(), size.height());
        boolean negative = op.strength() == PolicyOp.Strength.SIGNED && step % 2 == 1;
        results.add(op.apply(image, negative ? -magnitude : magnitude, black));
      }
      row(op + ", TrivialAugment's strengths, every second one negative where signed", results);
    }
  }

  private void row(String label, List<RgbImage> images) {
    labels.add(label);
    rows.add(images);
  }

  private BufferedImage picture() {
    int width = GAP + COLUMNS * (CELL + GAP);
    int height = rows.size() * (LABEL + CELL + GAP) + GAP;
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, height);
    graphics.setColor(Color.BLACK);
    for (int r = 0; r < rows.size(); r++) {
      int top = r * (LABEL + CELL + GAP);
      graphics.drawString(labels.get(r), GAP, top + LABEL - GAP);
      for (int c = 0; c < rows.get(r).size(); c++) {
        RgbImage image = rows.get(r).get(c);
        double scale = (double) CELL / Math.max(image.width(), image.height());
        graphics.drawImage(
            Pictures.of(image),
            GAP + c * (CELL + GAP),
            top + LABEL,
            (int) (image.width() * scale),
            (int) (image.height() * scale),
            null);
      }
    }
    graphics.dispose();
    return picture;
  }
}
