package io.github.repvgg4j.data.format;

/**
 * How the stored pixels have to be turned to stand upright: tag 274 of EXIF and TIFF 6.0, in the
 * order of its values 1 to 8.
 */
public enum Orientation {
  UPRIGHT(false, false, false),
  MIRRORED(false, true, false),
  HALF_TURN(false, true, true),
  UPSIDE_DOWN_MIRRORED(false, false, true),
  TRANSPOSED(true, false, false),
  QUARTER_TURN_RIGHT(true, false, true),
  TRANSPOSED_HALF_TURN(true, true, true),
  QUARTER_TURN_LEFT(true, true, false);

  static final int TAG = 274;

  private final boolean transposed;
  private final boolean columnsReversed;
  private final boolean rowsReversed;

  Orientation(boolean transposed, boolean columnsReversed, boolean rowsReversed) {
    this.transposed = transposed;
    this.columnsReversed = columnsReversed;
    this.rowsReversed = rowsReversed;
  }

  /** Values other than 1 to 8 say nothing. */
  static Orientation of(long value) {
    return value >= 1 && value <= values().length ? values()[(int) value - 1] : UPRIGHT;
  }

  /** Width and height change places. */
  public boolean transposed() {
    return transposed;
  }

  /** Stored columns are read from the right. */
  public boolean columnsReversed() {
    return columnsReversed;
  }

  /** Stored rows are read from the bottom. */
  public boolean rowsReversed() {
    return rowsReversed;
  }
}
