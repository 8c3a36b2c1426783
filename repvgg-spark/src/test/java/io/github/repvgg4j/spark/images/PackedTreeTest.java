package io.github.repvgg4j.spark.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.data.listing.SplitRule;
import io.github.repvgg4j.data.set.ImageData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A packed set is listed like the folder that it was made of. */
class PackedTreeTest {

  @TempDir java.nio.file.Path temp;
  private final Configuration hadoop = new Configuration();

  /** One shard with the names as content, and its index. */
  private void pack(String folder, String... names) throws IOException {
    java.nio.file.Path shard = temp.resolve(folder).resolve("shard-00000.tar");
    Files.createDirectories(shard.getParent());
    StringBuilder content = new StringBuilder();
    List<ImageRef> refs = new ArrayList<>();
    for (String name : names) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      CRC32 checksum = new CRC32();
      checksum.update(bytes);
      int offset = content.toString().getBytes(StandardCharsets.UTF_8).length;
      refs.add(new ImageRef(shard.toString(), offset, bytes.length, checksum.getValue(), name, ""));
      content.append(name);
    }
    Files.writeString(shard, content);
    FileSystem files = FileSystem.getLocal(hadoop);
    PackedIndex.write(files, new Path(temp.resolve(folder).toString()), refs);
  }

  private List<String> contents(List<ImageRef> refs) throws IOException {
    List<String> contents = new ArrayList<>();
    for (ImageRef ref : refs) {
      contents.add(
          ref.label() + ": " + new String(ImageBytes.read(ref, hadoop), StandardCharsets.UTF_8));
    }
    return contents;
  }

  @Test
  void partsMayBePackedOrNot() throws IOException {
    String decomposed = Normalizer.normalize("na\u00efve", Normalizer.Form.NFD);
    pack("train", "ant/2.jpg", "ant/deep/1.jpg", decomposed + "/3.jpg");
    for (String name : List.of("ant/4.jpg", "na\u00efve/5.jpg", "na\u00efve/Thumbs.db")) {
      Files.createDirectories(temp.resolve("Val/" + name).getParent());
      Files.writeString(temp.resolve("Val/" + name), name);
    }
    ImageSet.Training data = ImageSet.forTraining(temp.toString(), ImageData.Options.PLAIN, hadoop);
    assertThat(data.listing().labels()).containsExactly("ant", "na\u00efve");
    assertThat(contents(data.train()))
        .containsExactly(
            "ant: ant/2.jpg", "ant: ant/deep/1.jpg", "na\u00efve: " + decomposed + "/3.jpg");
    assertThat(data.train().get(2).name()).isEqualTo("train/na\u00efve/3.jpg");
    assertThat(data.listing().train().images().get(0).length()).isEqualTo("ant/2.jpg".length());
    assertThat(contents(data.test()))
        .containsExactly("ant: ant/4.jpg", "na\u00efve: na\u00efve/5.jpg");
    assertThat(data.listing().notes()).singleElement().asString().contains("Thumbs.db");
  }

  @Test
  void aPackedFolderOfClassesIsDividedLikeTheFolder() throws IOException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      for (String label : List.of("ant", "bee")) {
        names.add(label + "/" + i + ".jpg");
        Files.createDirectories(temp.resolve("plain/" + label));
        Files.writeString(
            temp.resolve("plain/" + label + "/" + i + ".jpg"), label + "/" + i + ".jpg");
      }
    }
    pack("packed", names.toArray(String[]::new));
    ImageData.Options options = new ImageData.Options(Optional.of(new SplitRule(0.3, 4)));
    ImageSet.Training packed =
        ImageSet.forTraining(temp.resolve("packed").toString(), options, hadoop);
    ImageSet.Training plain =
        ImageSet.forTraining(temp.resolve("plain").toString(), options, hadoop);
    assertThat(contents(packed.test())).isEqualTo(contents(plain.test())).isNotEmpty();
    assertThat(contents(packed.train())).isEqualTo(contents(plain.train()));
    assertThat(ImageSet.labelled(temp.resolve("packed").toString(), hadoop).images()).hasSize(80);
  }

  @Test
  void somebodyElsesTableOfThatNameIsPassedOver() throws IOException {
    Files.createDirectories(temp.resolve("cat"));
    Files.writeString(temp.resolve("cat/1.jpg"), "x");
    Files.writeString(temp.resolve("index.tsv"), "a\tb\n");
    ImageSet set = ImageSet.list(temp.toString(), hadoop);
    assertThat(set.images()).extracting(ImageRef::label).containsExactly("cat");
    assertThat(set.notes()).singleElement().asString().contains("index.tsv");
  }

  @Test
  void tablesAreReadByTheClusterAndZipsAreNot() throws IOException {
    Files.createDirectories(temp.resolve("cat"));
    Files.writeString(temp.resolve("cat/a b.jpg"), "cat");
    Files.writeString(temp.resolve("dog.jpg"), "dog");
    java.nio.file.Path table =
        Files.writeString(
            temp.resolve("set.csv"), "path,label\ncat/a b.jpg,cat\n" + temp + "/dog.jpg,dog\n");
    assertThat(contents(ImageSet.labelled(table.toString(), hadoop).images()))
        .containsExactly("cat: cat", "dog: dog");
    java.nio.file.Path zip = Files.writeString(temp.resolve("set.zip"), "");
    assertThatThrownBy(() -> ImageSet.list(zip.toString(), hadoop))
        .hasMessageContaining("is a file; a cluster reads folders and manifests");
  }
}
