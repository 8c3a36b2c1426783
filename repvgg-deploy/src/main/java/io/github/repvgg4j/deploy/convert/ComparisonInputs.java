package io.github.repvgg4j.deploy.convert;

import io.github.repvgg4j.answer.Meaning;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.listing.Labelling;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.deploy.convert.ConvertOptions.Comparison;
import io.github.repvgg4j.deploy.convert.RunFolder.RunData;
import io.github.repvgg4j.deploy.predict.LabelledImages;
import io.github.repvgg4j.model.head.Head;
import io.github.repvgg4j.model.input.NetworkInput;
import io.github.repvgg4j.model.input.NetworkInput.Origin;
import io.github.repvgg4j.model.input.UnknownInputException;
import io.github.repvgg4j.modelzip.ModelZip.LoadedModel;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.text.FailureWords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What both forms of a network are given.
 *
 * @param description in words
 * @param input of the network
 * @param values all images, {@code [N, C, H, W]} in C order, normalised
 * @param classes of the images; null where unknown
 */
@SuppressWarnings("ArrayRecordComponent")
record ComparisonInputs(String description, NetworkInput input, float[] values, int[] classes) {

  private static final long SEED = 1;

  /**
   * Test images where they are given, or the run names them and they can be used; else random
   * numbers.
   *
   * @throws ConversionRefused one line, where it cannot be told what the network reads
   */
  static ComparisonInputs choose(Path model, LoadedModel loaded, Comparison comparison)
      throws IOException {
    ModelMetadata metadata = loaded.metadata();
    NetworkInput input = input(model, loaded, comparison);
    if (comparison.data().isPresent()) {
      RunData data =
          new RunData(
              comparison.data().get(), ImageData.Options.PLAIN.withLabelling(labelling(loaded)));
      return images(data, metadata, input, comparison.images());
    }
    Optional<RunData> data = RunFolder.data(model);
    return data.isPresent() && metadata.preprocessing().isPresent()
        ? imagesOrRandom(data.get(), metadata, input, comparison.images())
        : random(input, comparison.images());
  }

  /** No user named this data set: it may be gone, or another by now. */
  private static ComparisonInputs imagesOrRandom(
      RunData data, ModelMetadata metadata, NetworkInput input, int wanted) {
    try {
      return images(data, metadata, input, wanted);
    } catch (IOException | UncheckedIOException e) {
      ComparisonInputs random = random(input, wanted);
      String note = ", since the run's images cannot be used: " + FailureWords.of(e);
      return new ComparisonInputs(random.description + note, input, random.values, null);
    }
  }

  /** A network whose classes each stand for themselves may have tables of several. */
  private static Labelling labelling(LoadedModel loaded) {
    return Head.of(loaded.network()).get(0).function().meaning()
            == Meaning.INDEPENDENT_PROBABILITIES
        ? Labelling.SEVERAL
        : Labelling.ONE;
  }

  private static NetworkInput input(Path model, LoadedModel loaded, Comparison comparison) {
    try {
      return NetworkInput.of(
          loaded.network(), NetworkInput.stated(loaded.metadata().spec(), comparison.input()));
    } catch (UnknownInputException e) {
      throw new ConversionRefused(model + ": " + e.getMessage());
    }
  }

  static ComparisonInputs random(NetworkInput input, int images) {
    Random random = new Random(SEED);
    float[] values = room(images, input.shape());
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    String size = input.origin() == Origin.ANY_SIZE ? " of shape " + input.shape() : "";
    return new ComparisonInputs(
        images + " random images" + size + " (normal distribution, seed " + SEED + ")",
        input,
        values,
        null);
  }

  /** Images spread evenly over the data set; those that cannot be read are passed over. */
  private static ComparisonInputs images(
      RunData data, ModelMetadata metadata, NetworkInput input, int wanted) throws IOException {
    InputShape shape = input.shape();
    ImagePreprocessor preprocessor =
        new ImagePreprocessor(
            metadata
                .preprocessing()
                .orElseThrow(
                    () ->
                        new ConversionRefused(
                            "the model does not say how images become its input; leave --data"
                                + " away to compare on random numbers")),
            shape);
    try (LabelledImages all = LabelledImages.open(data.path(), data.options(), metadata.labels())) {
      return images(data, all, preprocessor, input, wanted);
    }
  }

  private static ComparisonInputs images(
      RunData data,
      LabelledImages all,
      ImagePreprocessor preprocessor,
      NetworkInput input,
      int wanted)
      throws IOException {
    InputShape shape = input.shape();
    int count = Math.min(wanted, all.images().size());
    float[] values = room(count, shape);
    int[] classes = new int[count];
    boolean exclusive = data.options().labelling() == Labelling.ONE;
    int used = 0;
    for (int i = 0; i < count; i++) {
      int index = (int) ((long) i * all.images().size() / count);
      try {
        preprocessor.write(
            all.images().name(index), () -> all.images().read(index), values, used * length(shape));
        classes[used++] = exclusive ? all.classOf(index) : 0;
      } catch (BadImageException e) {
        // prediction names bad images; a comparison only needs some good ones
      }
    }
    if (used == 0) {
      throw new IOException(data.path() + ": none of its images can be read");
    }
    return new ComparisonInputs(
        used + " test images of " + data.path(),
        input,
        Arrays.copyOf(values, used * length(shape)),
        exclusive ? Arrays.copyOf(classes, used) : null);
  }

  private static float[] room(int images, InputShape shape) {
    try {
      return new float[Math.multiplyExact(images, length(shape))];
    } catch (ArithmeticException e) {
      throw new ConversionRefused(
          "--images "
              + images
              + ": so many images of shape "
              + shape
              + " are more numbers than an array holds; compare on fewer");
    }
  }

  private static int length(InputShape shape) {
    return Math.multiplyExact(shape.channels(), Math.multiplyExact(shape.height(), shape.width()));
  }

  int size() {
    return values.length / length(input.shape());
  }

  /** Images {@code from} to {@code to - 1}, float32, as the network reads them. */
  INDArray images(int from, int to) {
    int length = length(input.shape());
    return input.array(Arrays.copyOfRange(values, from * length, to * length), to - from);
  }
}
