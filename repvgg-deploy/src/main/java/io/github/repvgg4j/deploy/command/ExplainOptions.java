package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.data.picture.Pictures;
import io.github.repvgg4j.deploy.predict.Explainer.Explanation;
import io.github.repvgg4j.deploy.predict.ExplanationSheet;
import io.github.repvgg4j.runtime.image.ImageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Where the answers to images are to be explained. */
final class ExplainOptions {

  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--explain",
      paramLabel = "FILE.png",
      description =
          "Draw each image beside its class activation map: which places speak for the class, from"
              + " dark (least) to light (most). Several images make one sheet.")
  private Path picture;

  @Option(
      names = "--class",
      paramLabel = "NAME",
      description = "Of --explain: the class to explain, by name or number (the likeliest).")
  private String className;

  @Option(names = "--force", description = "Of --explain: replace FILE.png if it exists.")
  private boolean force;

  boolean wanted() {
    return picture != null;
  }

  /** Null for each image's likeliest. */
  String className() {
    return className;
  }

  /**
   * Call before anything is read.
   *
   * @param model which the command reads
   * @throws IOException one line: the picture can't be written there
   */
  void check(Path model) throws IOException {
    if (!wanted()) {
      if (className != null || force) {
        throw new ParameterException(
            command.commandLine(),
            (className != null ? "--class" : "--force") + " needs --explain FILE.png");
      }
      return;
    }
    if (!picture.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
      throw new ParameterException(
          command.commandLine(), "--explain: the picture's name must end in .png, got " + picture);
    }
    Outputs.checkInputs(picture, model);
    Outputs.checkNew(picture, force);
  }

  /**
   * Call before anything is computed.
   *
   * @param paths as they were given
   * @throws IOException one line: too many, or one of them is the picture
   */
  void check(ImageSource images, List<Path> paths) throws IOException {
    if (!wanted()) {
      return;
    }
    Outputs.checkInputs(picture, paths.toArray(Path[]::new));
    for (int i = 0; Files.exists(picture) && i < images.size(); i++) {
      checkImage(images.name(i));
    }
    if (images.size() > ExplanationSheet.MOST_IMAGES) {
      throw new IOException(
          "--explain draws at most "
              + ExplanationSheet.MOST_IMAGES
              + " images, got "
              + images.size()
              + "; name fewer");
    }
  }

  /** One of a folder's; of a zip's the name is no file's. */
  private void checkImage(String name) throws IOException {
    Path file;
    try {
      file = Path.of(name);
    } catch (InvalidPathException e) {
      return;
    }
    Outputs.checkInputs(picture, file);
  }

  /** Nothing where no image could be used. */
  void write(List<Explanation> explanations) throws IOException {
    if (!explanations.isEmpty()) {
      AtomicFile.write(picture, Pictures.encoded(ExplanationSheet.draw(explanations), "png"));
    }
  }
}
