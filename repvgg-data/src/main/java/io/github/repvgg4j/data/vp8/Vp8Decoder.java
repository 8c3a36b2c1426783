package io.github.repvgg4j.data.vp8;

import io.github.repvgg4j.data.format.FormatFault;

/** Decodes one key frame. */
public final class Vp8Decoder {

  private static final int BY_SUBBLOCKS = 1;
  private static final int INNER = 2;

  private final Vp8Header header;
  private final int columns;
  private final int rows;
  private final Plane luma;
  private final Plane blue;
  private final Plane red;
  private final Macroblock block = new Macroblock();
  private final byte[] filters;

  private Vp8Decoder(Vp8Header header) {
    this.header = header;
    this.columns = (header.width + 15) / 16;
    this.rows = (header.height + 15) / 16;
    this.luma = new Plane(16 * columns, 16 * rows);
    this.blue = new Plane(8 * columns, 8 * rows);
    this.red = new Plane(8 * columns, 8 * rows);
    this.filters = new byte[columns * rows];
  }

  /**
   * A decoded frame.
   *
   * @param width pixels
   * @param height pixels
   * @param rgb {@code [height, width, 3]}, red first, one byte a value
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Picture(int width, int height, byte[] rgb) {}

  /**
   * Decodes a frame whose size was found sound.
   *
   * @param from the frame's first byte
   * @param end behind its last one
   * @throws FormatFault when it is damaged
   */
  public static Picture decode(byte[] data, int from, int end) throws FormatFault {
    Vp8Header header = new Vp8Header(data, from, end);
    Vp8Decoder decoder = new Vp8Decoder(header);
    decoder.predict();
    decoder.filter();
    byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(header.width, header.height))];
    new Upsampling(decoder.luma, decoder.blue, decoder.red).write(header.width, header.height, rgb);
    return new Picture(header.width, header.height, rgb);
  }

  private void predict() throws FormatFault {
    ModeReader modes = new ModeReader(header, columns);
    ResidualReader residuals = new ResidualReader(header, columns);
    Prediction ofLuma = new Prediction(luma);
    Prediction ofBlue = new Prediction(blue);
    Prediction ofRed = new Prediction(red);
    for (int y = 0; y < rows; y++) {
      modes.startRow();
      residuals.startRow(y);
      for (int x = 0; x < columns; x++) {
        modes.read(block, x);
        boolean coded = residuals.read(block, x);
        filters[y * columns + x] =
            (byte)
                (block.segment << 2
                    | (block.bySubblocks ? BY_SUBBLOCKS : 0)
                    | (block.bySubblocks || coded ? INNER : 0));
        luma(ofLuma, x, y);
        chroma(ofBlue, blue, x, y, 16);
        chroma(ofRed, red, x, y, 20);
      }
      if (header.modes.exhausted()
          || header.partitions[y & header.partitions.length - 1].exhausted()) {
        throw new FormatFault("damaged: the WebP's data ends before its last pixels");
      }
    }
  }

  private void luma(Prediction prediction, int column, int row) {
    int x = 16 * column;
    int y = 16 * row;
    int aboveRight = luma.at(x + 16, y - 1);
    if (row > 0 && column == columns - 1) {
      for (int i = 0; i < 4; i++) {
        luma.samples[aboveRight + i] = luma.samples[aboveRight - 1];
      }
    }
    if (!block.bySubblocks) {
      prediction.square(block.modes[0], x, y, 16);
    }
    for (int i = 0; i < 16; i++) {
      int at = luma.at(x + i % 4 * 4, y + i / 4 * 4);
      if (block.bySubblocks) {
        prediction.subblock(block.modes[i], at, i % 4 == 3 ? aboveRight : at - luma.stride + 4);
      }
      Transforms.addCosine(block.coefficients, 16 * i, luma, at);
    }
  }

  private void chroma(Prediction prediction, Plane plane, int column, int row, int firstBlock) {
    int x = 8 * column;
    int y = 8 * row;
    prediction.square(block.chromaMode, x, y, 8);
    for (int i = 0; i < 4; i++) {
      int at = plane.at(x + i % 2 * 4, y + i / 2 * 4);
      Transforms.addCosine(block.coefficients, 16 * (firstBlock + i), plane, at);
    }
  }

  private void filter() {
    if (header.filterLevel == 0) {
      return;
    }
    LoopFilter ofLuma = new LoopFilter(luma);
    LoopFilter ofBlue = new LoopFilter(blue);
    LoopFilter ofRed = new LoopFilter(red);
    boolean simple = header.simpleFilter;
    for (int i = 0; i < filters.length; i++) {
      int x = i % columns;
      int y = i / columns;
      Vp8Header.Segment segment = header.segments[filters[i] >> 2];
      Vp8Header.Filter filter =
          (filters[i] & BY_SUBBLOCKS) != 0 ? segment.parts() : segment.whole();
      boolean inner = (filters[i] & INNER) != 0;
      if (filter.edge() == 0) {
        continue;
      }
      ofLuma.block(16 * x, 16 * y, 16, filter, simple, inner);
      if (!simple) {
        ofBlue.block(8 * x, 8 * y, 8, filter, false, inner);
        ofRed.block(8 * x, 8 * y, 8, filter, false, inner);
      }
    }
  }
}
