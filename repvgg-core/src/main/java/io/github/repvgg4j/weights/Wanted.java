package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.weights.checkpoint.Candidate;
import io.github.repvgg4j.weights.checkpoint.Checkpoint;
import io.github.repvgg4j.weights.checkpoint.Printable;
import io.github.repvgg4j.weights.checkpoint.Tensor;
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

  /** The weights that are meant, of all that a file holds. */
  StateDict in(Checkpoint checkpoint) throws IOException {
    Path path = checkpoint.path();
    List<Candidate> all = checkpoint.candidates();
    if (all.stream().noneMatch(c -> c.isTensor() || Dialect.isAnyWeight(c.name()))) {
      throw new ArchiveException(path + ": " + checkpoint.withoutTensors());
    }
    WeightSelector.Choice choice =
        WeightSelector.choose(path, all, checkpoint.firstPlace(place), spec);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, Candidate> entry : choice.chosen().entrySet()) {
      Candidate candidate = entry.getValue();
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
      tensors.put(entry.getKey(), candidate.source().tensor(what));
    }
    List<String> leftOut = choice.leftOut().stream().map(c -> Printable.text(c.name())).toList();
    String location = choice.place();
    return new StateDict(
        path,
        Printable.text(location),
        Printable.text(choice.prefix().substring(location.isEmpty() ? 0 : location.length() + 1)),
        tensors,
        new StateDict.Beside(leftOut, choice.alternatives(), checkpoint.beside(location)));
  }
}
