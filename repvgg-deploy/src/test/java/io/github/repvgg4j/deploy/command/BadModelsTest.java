package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.repvgg4j.deploy.Models;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Every command refuses every bad model: one line, exit code 1, nothing written. */
class BadModelsTest {

  @TempDir Path folder;

  /** Sets a flag when it is deserialized, as a gadget would run code. */
  private static final class Trap implements Serializable {
    private static final long serialVersionUID = 1L;
    static boolean sprung;

    private void readObject(ObjectInputStream in) {
      sprung = true;
    }
  }

  @Test
  void truncatedZip() throws IOException {
    byte[] whole = Files.readAllBytes(Models.trainingZip(folder.resolve("whole.zip")));
    Path cut = folder.resolve("bad.zip");
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
    everyCommandRefuses(cut, "not a model zip, or a truncated one");
  }

  @Test
  void textFile() throws IOException {
    everyCommandRefuses(Files.writeString(folder.resolve("bad.zip"), "hello"), "not a model zip");
  }

  @Test
  void missingFile() throws IOException {
    everyCommandRefuses(folder.resolve("bad.zip"), "no such file");
  }

  @Test
  void serializedObjectInTheZip() throws IOException {
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(object)) {
      out.writeObject(new Trap());
    }
    Path evil = withEntry("preprocessor.bin", object.toByteArray());
    everyCommandRefuses(evil, "serialized Java object that could run code");
    assertThat(Trap.sprung).isFalse();
  }

  @Test
  void pathOutOfTheZip() throws IOException {
    everyCommandRefuses(withEntry("../../evil", new byte[9]), "leaves the zip's own folder");
  }

  @Test
  void inputAndLayerOfOneName() throws IOException {
    Path bad = withConfiguration(root -> root.putArray("networkInputs").add("head.pool"));
    everyCommandRefuses(bad, "name \"head.pool\" is present in both network inputs and");
  }

  @Test
  void inputThatIsNowhere() throws IOException {
    Path bad = withConfiguration(root -> root.putArray("networkInputs").add("elsewhere"));
    everyCommandRefuses(bad, "has input \"input\" that does not exist");
  }

  @Test
  void outputThatIsNowhere() throws IOException {
    Path bad = withConfiguration(root -> root.putArray("networkOutputs").add("elsewhere"));
    everyCommandRefuses(bad, "Output name \"elsewhere\" is not a valid vertex");
  }

  private Path withConfiguration(Consumer<ObjectNode> change) throws IOException {
    Path model = Models.trainingZip(folder.resolve("whole.zip"));
    try (ZipFile in = new ZipFile(model.toFile())) {
      ObjectMapper json = new ObjectMapper();
      String name = ModelSerializer.CONFIGURATION_JSON;
      ObjectNode root = (ObjectNode) json.readTree(in.getInputStream(in.getEntry(name)));
      change.accept(root);
      return withEntry(name, json.writeValueAsBytes(root));
    }
  }

  /** The entry is new, or takes the place of another of its name. */
  private Path withEntry(String name, byte[] content) throws IOException {
    Path model = Models.trainingZip(folder.resolve("whole.zip"));
    Path target = folder.resolve("bad.zip");
    try (ZipFile in = new ZipFile(model.toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(target))) {
      for (ZipEntry entry : in.stream().filter(e -> !e.getName().equals(name)).toList()) {
        out.putNextEntry(new ZipEntry(entry.getName()));
        out.write(in.getInputStream(entry).readAllBytes());
        out.closeEntry();
      }
      out.putNextEntry(new ZipEntry(name));
      out.write(content);
      out.closeEntry();
    }
    return target;
  }

  private void everyCommandRefuses(Path bad, String reason) throws IOException {
    Path image = Models.image(folder.resolve("data/cat/a.png"), 0xff, 1);
    Path array = folder.resolve("x.npy");
    Nd4j.writeAsNumpy(Nd4j.rand(DataType.FLOAT, 1, 3, 32, 32), array.toFile());
    List<Cli> runs = new ArrayList<>();
    List<Path> before = files();
    runs.add(Cli.run("inspect", bad));
    runs.add(Cli.run("convert", bad));
    runs.add(Cli.run("predict", bad, image));
    runs.add(Cli.run("evaluate", bad, folder.resolve("data")));
    runs.add(Cli.run("infer", bad, "--input", array, "--output", folder.resolve("y.npy")));
    for (Cli run : runs) {
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out()).isEmpty();
      assertThat(run.err().lines())
          .singleElement()
          .asString()
          .startsWith("error: " + bad + ": ")
          .contains(reason);
    }
    assertThat(files()).isEqualTo(before);
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
