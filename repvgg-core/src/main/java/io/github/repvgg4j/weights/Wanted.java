package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.spec.RepVggSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which weights of a file are meant.
 *
 * @param place a map or a prefix of names, such as {@code model_ema}; {@code .} for the top without
 *     any prefix; empty to choose the one that fits best
 * @param spec the network that they are for; empty for any RepVGG
 */
public record Wanted(String place, Optional<RepVggSpec> spec) {

  /** Whatever fits a RepVGG best. */
  public static final Wanted ANY = new Wanted("", Optional.empty());

  public Wanted {
    place =
        place.length() > 1 && place.endsWith(".") ? place.substring(0, place.length() - 1) : place;
  }

  /** Makes a tensor of what a reader found; called for chosen ones only. */
  @FunctionalInterface
  interface Maker<T> {
    Tensor tensor(String what, T source) throws IOException;
  }

  /** The weights of a pickle. */
  StateDict in(Path path, CheckpointTree tree, Maker<TorchConstructors.View> maker)
      throws IOException {
    var choice = WeightSelector.choose(path, tree.candidates(), tree.firstPlace(place), spec);
    return stateDict(path, choice, tree.beside(choice.place()), maker);
  }

  /** The weights of a flat file. */
  <T> StateDict in(Path path, List<Candidate<T>> all, Maker<T> maker) throws IOException {
    return stateDict(path, WeightSelector.choose(path, all, place, spec), List.of(), maker);
  }

  private static <T> StateDict stateDict(
      Path path, WeightSelector.Choice<T> choice, List<String> others, Maker<T> maker)
      throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, Candidate<T>> entry : choice.chosen().entrySet()) {
      Candidate<T> candidate = entry.getValue();
      String name = candidate.name();
      if (!Printable.isName(entry.getKey())) {
        throw new ArchiveException(
            path + ": no tensor can be named '" + Printable.text(name) + "'");
      }
      String what = path + ": tensor " + Printable.text(name);
      if (!candidate.isTensor()) {
        throw new ArchiveException(
            what
                + ": is no tensor but a "
                + candidate.kind()
                + ", which is not read; save plain tensors (torch.from_numpy makes one of an array,"
                + " dequantize() of a quantized tensor, to_dense() of a sparse one)");
      }
      tensors.put(entry.getKey(), maker.tensor(what, candidate.source()));
    }
    List<String> leftOut = choice.leftOut().stream().map(c -> Printable.text(c.name())).toList();
    String location = choice.place();
    return new StateDict(
        path,
        Printable.text(location),
        Printable.text(choice.prefix().substring(location.isEmpty() ? 0 : location.length() + 1)),
        tensors,
        new StateDict.Beside(leftOut, choice.alternatives(), others));
  }
}
