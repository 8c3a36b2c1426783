package io.github.repvgg4j.train.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.OptionalDouble;
import java.util.zip.CRC32C;
import org.nd4j.shade.protobuf.CodedOutputStream;
import org.tensorflow.framework.Summary;

/**
 * The epochs of a run as TensorBoard reads them: messages {@code tensorflow.Event} (event.proto) in
 * records of TFRecord: length as uint64, its checksum, the message, its checksum, little endian
 * (record_writer.h). A checksum is CRC-32C, turned by 15 bits, plus a constant (crc32c.h, {@code
 * Mask}).
 *
 * <p>ND4J brings Protobuf's runtime and the generated {@code Summary}, both relocated, but no
 * {@code Event}: its four fields are written by Protobuf's {@link CodedOutputStream}.
 */
final class TensorBoardEvents {

  /** What makes a reader take the file for events of this kind; the first message. */
  private static final String VERSION = "brain.Event:2";

  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;

  private static final int MASK_DELTA = 0xa282ead8;
  private static final int LENGTH_BYTES = Long.BYTES + Integer.BYTES;

  private final ByteArrayOutputStream records = new ByteArrayOutputStream();
  private final double start;

  private TensorBoardEvents(double start) {
    this.start = start;
  }

  /**
   * The whole file. What it says of an epoch depends on that epoch alone, so the file of more
   * epochs begins with that of fewer.
   *
   * @param start of the run, seconds since 1970
   */
  static byte[] of(List<EpochMetrics> metrics, double start) throws IOException {
    TensorBoardEvents events = new TensorBoardEvents(start);
    events.message(
        out -> {
          out.writeDouble(WALL_TIME, start);
          out.writeString(FILE_VERSION, VERSION);
        });
    for (EpochMetrics epoch : metrics) {
      events.epoch(epoch);
    }
    return events.records.toByteArray();
  }

  /** The start that a file was written with; empty where it is none of ours. */
  static OptionalDouble start(byte[] file) {
    int field = LENGTH_BYTES + 1; // after the key of the first message's first field
    if (file.length < field + Double.BYTES) {
      return OptionalDouble.empty();
    }
    double start = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getDouble(field);
    return Double.isFinite(start) ? OptionalDouble.of(start) : OptionalDouble.empty();
  }

  private void epoch(EpochMetrics epoch) throws IOException {
    Summary.Builder summary = Summary.newBuilder();
    add(summary, "epoch", (double) epoch.epoch());
    add(summary, "train/loss", epoch.trainLoss());
    add(summary, "train/learning_rate", epoch.learningRate());
    add(summary, "train/images_per_second", epoch.imagesPerSecond());
    add(summary, "val/loss", epoch.testLoss());
    add(summary, "val/accuracy", epoch.top1());
    add(summary, "val/accuracy_top5", epoch.top5());
    add(summary, "val/balanced_accuracy", epoch.balancedAccuracy());
    add(summary, "val/mean_average_precision", epoch.meanAveragePrecision());
    add(summary, "val/f1_micro", epoch.microF1());
    add(summary, "val/f1_macro", epoch.macroF1());
    add(summary, "val/exact_match", epoch.exactMatch());
    message(
        out -> {
          out.writeDouble(WALL_TIME, start + epoch.seconds());
          out.writeInt64(STEP, epoch.iteration());
          out.writeMessage(SUMMARY, summary.build());
        });
  }

  private static void add(Summary.Builder summary, String tag, Double value) {
    if (value != null) {
      summary.addValue(Summary.Value.newBuilder().setTag(tag).setSimpleValue(value.floatValue()));
    }
  }

  @FunctionalInterface
  private interface Fields {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  private void message(Fields fields) throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(message);
    fields.writeTo(out);
    out.flush();
    byte[] length = bytes(Long.BYTES).putLong(message.size()).array();
    records.write(length);
    records.write(bytes(Integer.BYTES).putInt(masked(length)).array());
    message.writeTo(records);
    records.write(bytes(Integer.BYTES).putInt(masked(message.toByteArray())).array());
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int masked(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    return Integer.rotateRight((int) sum.getValue(), 15) + MASK_DELTA;
  }
}
