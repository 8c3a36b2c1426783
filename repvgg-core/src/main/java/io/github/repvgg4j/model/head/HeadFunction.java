package io.github.repvgg4j.model.head;

import io.github.repvgg4j.answer.AnswerFunction;
import io.github.repvgg4j.answer.Meaning;
import io.github.repvgg4j.archive.JsonTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.objdetect.YoloUtils;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What a head makes of its logits. */
public sealed interface HeadFunction {

  /**
   * From logits to what DL4J's {@code output} gives.
   *
   * @param logits as {@link Logits} gives them; not changed
   * @return of the same shape, float64; the caller's
   */
  INDArray apply(INDArray logits);

  /** What the answers say. */
  Meaning meaning();

  /** Its name: {@code softmax}. */
  String text();

  /** Nothing: the logits are the answers. */
  HeadFunction IDENTITY = new Activated(new ActivationIdentity(), Activated.LAST_AXIS);

  /**
   * An activation function.
   *
   * @param activation applied along the classes
   * @param classAxis of the logits; {@link #LAST_AXIS} for the last one
   */
  record Activated(IActivation activation, int classAxis) implements HeadFunction {

    /** Whichever axis is the last. */
    public static final int LAST_AXIS = -1;

    @Override
    public INDArray apply(INDArray logits) {
      INDArray values = logits.dup('c').castTo(DataType.DOUBLE);
      int rank = values.rank();
      int axis = classAxis == LAST_AXIS ? rank - 1 : classAxis;
      int[] classesLast =
          IntStream.concat(IntStream.range(0, rank).filter(i -> i != axis), IntStream.of(axis))
              .toArray();
      int[] back = IntStream.range(0, rank).map(i -> position(classesLast, i)).toArray();
      INDArray moved = values.permute(classesLast).dup('c');
      return rows(moved, values.size(axis)).reshape('c', moved.shape()).permute(back).dup('c');
    }

    private INDArray rows(INDArray values, long classes) {
      INDArray rows = values.reshape('c', values.length() / classes, classes);
      Optional<AnswerFunction> plain = plain();
      return plain.isEmpty()
          ? activation.getActivation(rows, false)
          : Nd4j.createFromArray(
              Stream.of(rows.toDoubleMatrix()).map(plain.get()::of).toArray(double[][]::new));
    }

    /** The function without ND4J; empty for one that only ND4J knows. */
    private Optional<AnswerFunction> plain() {
      try {
        String json = NeuralNetConfiguration.mapper().writeValueAsString(activation);
        return AnswerFunction.read(JsonTree.read(json.getBytes(StandardCharsets.UTF_8)));
      } catch (IOException e) {
        return Optional.empty(); // a user's own, which cannot be written
      }
    }

    private static int position(int[] order, int axis) {
      return IntStream.range(0, order.length)
          .filter(i -> order[i] == axis)
          .findFirst()
          .orElseThrow();
    }

    @Override
    public Meaning meaning() {
      return plain().map(AnswerFunction::meaning).orElse(Meaning.NUMBERS);
    }

    @Override
    public String text() {
      return activation
          .getClass()
          .getSimpleName()
          .replace("Activation", "")
          .toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Boxes of a YOLO2 head: sigmoid of centre and confidence, exponential of the size times the
   * prior, softmax of the classes (DL4J's {@code YoloUtils.activate}).
   *
   * @param priors {@code [boxes, 2]}, height and width in grid cells
   * @param channelsFirst whether the logits are {@code [N, C, H, W]}
   */
  record Boxes(INDArray priors, boolean channelsFirst) implements HeadFunction {

    @Override
    public INDArray apply(INDArray logits) {
      INDArray values = logits.dup('c');
      return YoloUtils.activate(
              priors.castTo(values.dataType()),
              values,
              channelsFirst,
              LayerWorkspaceMgr.noWorkspaces())
          .castTo(DataType.DOUBLE);
    }

    @Override
    public Meaning meaning() {
      return Meaning.NUMBERS;
    }

    @Override
    public String text() {
      return "yolo boxes";
    }
  }
}
