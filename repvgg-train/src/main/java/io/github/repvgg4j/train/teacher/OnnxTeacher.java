package io.github.repvgg4j.train.teacher;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.github.repvgg4j.onednn.OpenMpThreads;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * An ONNX file by ONNX Runtime, which who wants one adds to the class path. A file that takes a
 * number of images only is given as many, zeros where there are fewer.
 */
final class OnnxTeacher implements Teacher {

  private static final int RANK = 4;
  private static final long OPEN = -1;

  private final OrtSession session;
  private final String input;
  private final long[] shape;

  private OnnxTeacher(OrtSession session) throws OrtException {
    this.session = session;
    NodeInfo images = only("input", session.getInputInfo());
    this.input = images.getName();
    this.shape = requireImages(images);
    requireFloats("output", only("output", session.getOutputInfo()));
  }

  /**
   * Loads a file.
   *
   * @throws IOException it can't be read
   * @throws IllegalArgumentException it is no ONNX file that ONNX Runtime takes, or not one of an
   *     image classifier: what is wrong, to stand behind the file's name
   * @throws LinkageError there is no ONNX Runtime, or it does not run here
   */
  static OnnxTeacher open(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("has more than 2 GB, which no ONNX file has");
      }
      MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      return open(bytes);
    } catch (OrtException e) {
      throw new IllegalArgumentException("is not taken by ONNX Runtime: " + words(e), e);
    }
  }

  private static OnnxTeacher open(MappedByteBuffer bytes) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(OpenMpThreads.standard());
      // threads that wait for work by spinning would take the student's cores
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      OrtSession session = OnnxEnvironment.get().createSession(bytes, options);
      try {
        return new OnnxTeacher(session);
      } catch (OrtException | RuntimeException e) {
        session.close();
        throw e;
      }
    }
  }

  private static String words(OrtException e) {
    String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return line.contains("External data") || line.contains("model_path must not be empty")
        ? "its weights are in files of their own; write it as one file"
        : line.replaceFirst("^Error code - \\w+ - message: ", "");
  }

  private static NodeInfo only(String kind, Map<String, NodeInfo> nodes) {
    if (nodes.size() != 1) {
      throw new IllegalArgumentException(
          "has "
              + nodes.size()
              + " "
              + kind
              + "s ("
              + String.join(", ", nodes.keySet())
              + "); a teacher has one");
    }
    return nodes.values().iterator().next();
  }

  private static long[] requireFloats(String kind, NodeInfo node) {
    if (node.getInfo() instanceof TensorInfo tensor && tensor.type == OnnxJavaType.FLOAT) {
      return tensor.getShape();
    }
    throw new IllegalArgumentException(
        "has an " + kind + " that is " + node.getInfo() + "; a teacher's is a tensor of float32");
  }

  private static long[] requireImages(NodeInfo node) {
    long[] shape = requireFloats("input", node);
    if (shape.length != RANK) {
      throw new IllegalArgumentException(
          "takes " + Arrays.toString(shape) + "; a teacher takes images, [N, C, H, W]");
    }
    return shape;
  }

  /**
   * What the file says in the words of {@code export-onnx}; empty where another program wrote it.
   */
  Map<String, String> metadata() {
    try {
      return session.getMetadata().getProducerName().equals("repvgg4j")
          ? session.getMetadata().getCustomMetadata()
          : Map.of();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private void requireTaken(InputShape image) {
    long[] wanted = {image.channels(), image.height(), image.width()};
    for (int i = 0; i < wanted.length; i++) {
      if (shape[i + 1] != OPEN && shape[i + 1] != wanted[i]) {
        throw new IllegalArgumentException(
            "takes "
                + Arrays.toString(shape).replace("-1", "any")
                + " ([N, C, H, W]), got images of "
                + Arrays.toString(wanted));
      }
    }
  }

  @Override
  public float[] logits(float[] images, int batch, InputShape image) {
    requireTaken(image);
    int values = image.channels() * image.height() * image.width();
    int atOnce = atOnce(batch, values);
    float[] all = null;
    for (int first = 0; first < batch; first += atOnce) {
      float[] some = Arrays.copyOfRange(images, first * values, (first + atOnce) * values);
      float[] answers = run(some, atOnce, image);
      int classes = answers.length / atOnce;
      all = all == null ? new float[batch * classes] : all;
      int count = Math.min(atOnce, batch - first);
      System.arraycopy(answers, 0, all, first * classes, count * classes);
    }
    return all;
  }

  private int atOnce(int batch, int values) {
    long declared = shape[0] == OPEN ? batch : shape[0];
    if (declared < 1 || declared * values > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("takes " + declared + " images at a time");
    }
    return (int) declared;
  }

  private float[] run(float[] images, int batch, InputShape image) {
    long[] wanted = {batch, image.channels(), image.height(), image.width()};
    try (OnnxTensor tensor =
            OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(), FloatBuffer.wrap(images), wanted);
        OrtSession.Result result = session.run(Map.of(input, tensor))) {
      FloatBuffer found = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] answers = new float[found.remaining()];
      found.get(answers);
      return answers;
    } catch (OrtException e) {
      throw new IllegalStateException(words(e), e);
    }
  }

  @Override
  public String description() {
    return "ONNX Runtime "
        + OrtEnvironment.getEnvironment().getVersion()
        + ", "
        + OpenMpThreads.standard()
        + " threads";
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
