package io.github.repvgg4j.train;

import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.picture.Pictures;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.text.FailureWords;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.DataConfig;
import io.github.repvgg4j.train.config.TrainConfig;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code contact-sheet CONFIG.yaml -o sheet.png}: what a job does to its training images. */
@Command(
    name = "contact-sheet",
    mixinStandardHelpOptions = true,
    header = "Draw what each augmentation of a job makes of its training images.")
final class ContactSheetCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "CONFIG.yaml", description = "The job.")
  private Path config;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.png",
      defaultValue = "contact-sheet.png",
      description = "The picture (default: ${DEFAULT-VALUE}).")
  private Path output;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description = "Folder or zip of the images, instead of data.path.")
  private Path data;

  @Override
  public Integer call() {
    if (!output.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
      spec.commandLine()
          .getErr()
          .println("error: " + output + ": the picture's name must end in .png");
      return ExitCode.USAGE;
    }
    try {
      write();
      spec.commandLine().getOut().println(output);
      return ExitCode.OK;
    } catch (ConfigException | IOException | IllegalArgumentException e) {
      spec.commandLine().getErr().println("error: " + FailureWords.of(e));
      return ExitCode.SOFTWARE;
    }
  }

  private void write() throws IOException {
    try (RunlessJob job = RunlessJob.read(config, data)) {
      TrainConfig here = GeneratedData.in(job.config());
      DataConfig source = here.data();
      try (ImageData images = source.open(here.training().loss().labelling())) {
        images.requireApart(output.toAbsolutePath().getParent());
        InputShape input = here.spec(images.labels().size()).input();
        Preprocessing preprocessing = source.preprocessing();
        BufferedImage picture =
            ContactSheet.draw(
                images.train(),
                new ImagePreprocessor(preprocessing, input),
                source.augment().augmentations(input, preprocessing),
                source.onBadImage());
        AtomicFile.write(output, Pictures.encoded(picture, "png"));
      }
    }
  }
}
