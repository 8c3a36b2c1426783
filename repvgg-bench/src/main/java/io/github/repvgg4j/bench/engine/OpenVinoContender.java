package io.github.repvgg4j.bench.engine;

import io.github.repvgg4j.bench.engine.Workload.Form;
import io.github.repvgg4j.bench.measure.ArithmeticPeak;
import io.github.repvgg4j.bench.measure.Machine;
import io.github.repvgg4j.bench.measure.PythonProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * OpenVINO on the file that {@code export-onnx} writes, from Python in a process of its own. A
 * timed call holds one line each way, some hundredths of a millisecond, and no logits.
 */
record OpenVinoContender(
    ArithmeticPeak.Type precision, Form form, PythonProcess python, Path answer)
    implements Contender {

  private static final String SCRIPT = "openvino_engine.py";

  /**
   * @param images direct, C order
   * @param shape [N, C, H, W]
   * @param scratch folder for script, images and logits
   * @throws IOException why there is nothing to measure beside, one line
   */
  static OpenVinoContender open(
      Path python,
      ArithmeticPeak.Type precision,
      Form form,
      Path file,
      FloatBuffer images,
      long[] shape,
      Path scratch)
      throws IOException {
    Path input = scratch.resolve("images.f32");
    Path answer = scratch.resolve("logits-" + precision + "-" + form.label() + ".f32");
    ByteBuffer bytes =
        ByteBuffer.allocate(images.capacity() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(images.duplicate().rewind());
    Files.write(input, bytes.array());
    String dims = Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(","));
    int threads = Machine.threadsPerEngine();
    PythonProcess process =
        PythonProcess.start(
            python,
            OpenVinoContender.class,
            SCRIPT,
            scratch,
            PythonProcess.threads(threads),
            List.of(
                file.toString(),
                input.toString(),
                dims,
                precision == ArithmeticPeak.Type.BF16 ? "bf16" : "f32", // of what is no integer
                Integer.toString(threads),
                answer.toString()));
    return new OpenVinoContender(precision, form, process, answer);
  }

  @Override
  public String engine() {
    return Engines.OPENVINO;
  }

  @Override
  public float[] run() {
    python.ask("logits");
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(answer));
      FloatBuffer logits = bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      float[] values = new float[logits.remaining()];
      logits.get(values);
      return values;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void call() {
    python.ask("run");
  }

  @Override
  public long ownPeakMemoryMb() {
    return Long.parseLong(python.ask("memory"));
  }

  @Override
  public void close() {
    python.close();
  }
}
