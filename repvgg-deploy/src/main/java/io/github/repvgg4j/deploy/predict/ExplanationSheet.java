package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.answer.TopClass;
import io.github.repvgg4j.data.picture.ColourMap;
import io.github.repvgg4j.data.picture.Pictures;
import io.github.repvgg4j.deploy.predict.Explainer.Explanation;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;

/** Images beside their class activation maps, with class, probability and the map's range. */
public final class ExplanationSheet {

  /** More make no picture that anyone looks at. */
  public static final int MOST_IMAGES = 100;

  private static final int SIDE = 288;
  private static final int GAP = 12;
  private static final int BETWEEN = 4;
  private static final int LINE = 18;
  private static final int BAR_HEIGHT = 10;

  /** Width to height of a screen. */
  private static final double PROPORTION = 1.6;

  private static final Color PAPER = Color.WHITE;
  private static final Color INK = new Color(0x1d1d1b);
  private static final Color FAINT = new Color(0x6b6b66);

  private final int pictureWidth;
  private final int pictureHeight;
  private final int columns;
  private final int rows;

  private ExplanationSheet(int count, BufferedImage first) {
    this.pictureWidth = first.getWidth();
    this.pictureHeight = first.getHeight();
    double cells = Math.sqrt(count * PROPORTION * cellHeight() / cellWidth());
    this.columns = Math.max(1, Math.min(count, (int) Math.round(cells)));
    this.rows = (count + columns - 1) / columns;
  }

  private int cellWidth() {
    return 2 * pictureWidth + BETWEEN + GAP;
  }

  private int cellHeight() {
    return pictureHeight + 3 * LINE + 2 * GAP;
  }

  /**
   * @param explanations 1 to {@value #MOST_IMAGES}, of one network, whose images have one size
   */
  public static BufferedImage draw(List<Explanation> explanations) {
    if (explanations.isEmpty() || explanations.size() > MOST_IMAGES) {
      throw new IllegalArgumentException(
          "1 to " + MOST_IMAGES + " images can be drawn, got " + explanations.size());
    }
    ExplanationSheet sheet = new ExplanationSheet(explanations.size(), seen(explanations.get(0)));
    BufferedImage picture =
        new BufferedImage(
            GAP + sheet.columns * sheet.cellWidth(),
            GAP + sheet.rows * sheet.cellHeight(),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setColor(PAPER);
    graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
    for (int i = 0; i < explanations.size(); i++) {
      int left = GAP + i % sheet.columns * sheet.cellWidth();
      int top = GAP + i / sheet.columns * sheet.cellHeight();
      sheet.cell(graphics, explanations.get(i), left, top);
    }
    graphics.dispose();
    return picture;
  }

  private static BufferedImage seen(Explanation explanation) {
    return Pictures.fitted(Pictures.of(explanation.seen()), SIDE);
  }

  private void cell(Graphics2D graphics, Explanation explanation, int left, int top) {
    BufferedImage seen = seen(explanation);
    graphics.drawImage(seen, left, top, null);
    int right = left + pictureWidth + BETWEEN;
    graphics.drawImage(Pictures.overlay(seen, explanation.map()), right, top, null);
    int width = cellWidth() - GAP;
    int line = top + pictureHeight + LINE;
    graphics.setColor(INK);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 14));
    graphics.drawString(cut(graphics, caption(explanation.explained()), width), left, line);
    graphics.setColor(FAINT);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    graphics.drawString(cutBefore(graphics, explanation.image(), width), left, line + LINE);
    range(graphics, explanation, left, line + 2 * LINE);
  }

  private static String caption(TopClass explained) {
    return explained.probability() == null
        ? String.format(Locale.ROOT, "%s  %.4f", explained.label(), explained.output())
        : String.format(
            Locale.ROOT, "%s  %.1f %%", explained.label(), 100 * explained.probability());
  }

  /** The colours between the map's least and largest number. */
  private void range(Graphics2D graphics, Explanation explanation, int left, int line) {
    String least = String.format(Locale.ROOT, "%.2f", explanation.map().smallest());
    String most = String.format(Locale.ROOT, "%.2f", explanation.map().largest());
    int from = left + graphics.getFontMetrics().stringWidth(least) + GAP / 2;
    int bar = Math.max(2, Math.min(pictureWidth, cellWidth() / 3));
    graphics.drawString(least, left, line);
    for (int x = 0; x < bar; x++) {
      graphics.setColor(new Color(ColourMap.rgb((double) x / (bar - 1))));
      graphics.fillRect(from + x, line - BAR_HEIGHT, 1, BAR_HEIGHT);
    }
    graphics.setColor(FAINT);
    graphics.drawString(most, from + bar + GAP / 2, line);
  }

  private static String cut(Graphics2D graphics, String text, int width) {
    int end = text.length();
    while (end > 1 && width(graphics, shortened(text, end)) > width) {
      end = text.offsetByCodePoints(end, -1);
    }
    return shortened(text, end);
  }

  private static String shortened(String text, int end) {
    return end == text.length() ? text : text.substring(0, end) + "…";
  }

  /** A path's end says more than its beginning. */
  private static String cutBefore(Graphics2D graphics, String text, int width) {
    int from = 0;
    while (from < text.length() - 1 && width(graphics, end(text, from)) > width) {
      from = text.offsetByCodePoints(from, 1);
    }
    return end(text, from);
  }

  private static String end(String text, int from) {
    return from == 0 ? text : "…" + text.substring(from);
  }

  private static int width(Graphics2D graphics, String text) {
    return graphics.getFontMetrics().stringWidth(text);
  }
}
