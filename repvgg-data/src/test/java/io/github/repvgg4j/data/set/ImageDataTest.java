package io.github.repvgg4j.data.set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.data.listing.SplitRule;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as a class and as an image; the rules of docs/images-and-folders.md. */
@Timeout(60)
class ImageDataTest {

  private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0, 0, 16};

  @TempDir Path temp;

  private Path root() {
    return temp.resolve("pets");
  }

  /** Makes files; the content of each is its name. */
  private Path with(String... files) throws IOException {
    for (String file : files) {
      Path path = root().resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, file);
    }
    return root();
  }

  private Path plain() throws IOException {
    return with("train/ant/1.jpg", "train/bee/2.jpg", "test/ant/3.jpg", "test/bee/4.jpg");
  }

  private static List<String> names(ImageSplit split) {
    return IntStream.range(0, split.size()).mapToObj(split::name).toList();
  }

  private static ImageData open(Path path) throws IOException {
    try (ImageData data = ImageData.open(path)) {
      return data;
    }
  }

  private List<String> train() throws IOException {
    return names(open(root()).train());
  }

  @Test
  void imagesAreToldByTheirEndingsInAnyCase() throws IOException {
    String[] images = {
      "a.jpg", "b.JPEG", "c.jpe", "d.JPE", "e.jfif", "f.jif", "g.PnG", "h.bmp", "i.dib", "j.gif",
      "k.webp", "l.tif", "m.TIFF", "n.heic", "o.avif", "p.jxl"
    };
    plain();
    for (String image : images) {
      with("train/ant/" + image);
    }
    assertThat(train())
        .containsExactlyInAnyOrderElementsOf(
            java.util.stream.Stream.concat(
                    java.util.stream.Stream.of("train/ant/1.jpg", "train/bee/2.jpg"),
                    Arrays.stream(images).map(image -> "train/ant/" + image))
                .toList());
  }

  @Test
  void filesWithoutAKnownEndingAreToldByTheirFirstBytes() throws IOException {
    plain();
    Files.write(root().resolve("train/ant/0001"), JPEG);
    Files.write(root().resolve("train/ant/photo.0002"), JPEG);
    Files.writeString(root().resolve("train/ant/0003"), "BM is how this text begins");
    Files.write(root().resolve("train/ant/really.txt"), JPEG);
    Files.createFile(root().resolve("train/ant/0004"));
    try (ImageData data = ImageData.open(root())) {
      assertThat(names(data.train()))
          .containsExactly(
              "train/ant/0001", "train/ant/1.jpg", "train/ant/photo.0002", "train/bee/2.jpg");
      assertThat(data.notes())
          .containsExactly(
              root() + ": passed over 3 files that are no images (such as train/ant/0003)");
    }
  }

  @Test
  void whatSystemsLeaveBehindIsPassedOverCountedAndSaidInOneLine() throws IOException {
    plain();
    with(
        "train/ant/Thumbs.db",
        "train/ant/desktop.ini",
        "train/ant/Icon\r",
        "train/.DS_Store",
        "train/ant/._1.jpg",
        "train/ant/.ipynb_checkpoints/1-checkpoint.jpg",
        "train/@eaDir/1.jpg",
        "__MACOSX/train/ant/._1.jpg",
        "$RECYCLE.BIN/x.jpg",
        "System Volume Information/x",
        "lost+found/x.jpg",
        "train/ant/1.xml",
        "train/ant/1.json");
    try (ImageData data = ImageData.open(root())) {
      assertThat(data.labels()).containsExactly("ant", "bee");
      assertThat(names(data.train())).containsExactly("train/ant/1.jpg", "train/bee/2.jpg");
      assertThat(data.notes())
          .singleElement()
          .asString()
          .contains("11 hidden or system files", "2 files that are no images")
          .doesNotContain("\r");
    }
  }

  @Test
  void linksThatLeadBackUpAreNotFollowed() throws IOException {
    plain();
    Path ant = root().resolve("train/ant");
    Files.createSymbolicLink(ant.resolve("self"), Path.of("."));
    Files.createSymbolicLink(ant.resolve("self2"), Path.of("."));
    Files.createSymbolicLink(ant.resolve("up"), Path.of(".."));
    Files.createSymbolicLink(ant.resolve("root"), root().toAbsolutePath());
    Files.createSymbolicLink(ant.resolve("above"), root().toAbsolutePath().getParent());
    Files.createSymbolicLink(ant.resolve("top"), Path.of("/"));
    Files.createSymbolicLink(root().resolve("train/loop"), Path.of("."));
    Path outside = Files.createDirectories(temp.resolve("outside"));
    Files.createSymbolicLink(outside.resolve("back"), ant.toAbsolutePath());
    Files.writeString(outside.resolve("o.png"), "x");
    Files.createSymbolicLink(ant.resolve("there"), outside);
    try (ImageData data = ImageData.open(root())) {
      assertThat(data.labels()).containsExactly("ant", "bee");
      assertThat(names(data.train()))
          .containsExactly("train/ant/1.jpg", "train/ant/there/o.png", "train/bee/2.jpg");
      assertThat(data.notes()).singleElement().asString().contains("8 links that lead back");
    }
  }

  @Test
  void linksThatForkDoNotMultiplyWithoutEnd() throws IOException {
    plain();
    Path last = Files.createDirectories(temp.resolve("d0"));
    Files.writeString(last.resolve("x.png"), "x");
    for (int i = 1; i <= 30; i++) {
      Path folder = Files.createDirectories(temp.resolve("d" + i));
      Files.createSymbolicLink(folder.resolve("a"), last);
      Files.createSymbolicLink(folder.resolve("b"), last);
      last = folder;
    }
    Files.createSymbolicLink(root().resolve("train/ant/deep"), last);
    assertThat(train()).hasSize(2 + 128);
    for (int i = 0; i < 40; i++) {
      Files.createSymbolicLink(root().resolve("train/bee/" + i), temp.resolve("d2"));
    }
    assertThat(train()).hasSize(2 + 128 + 40 * 4);
    try (OpenImages all = OpenImages.all(root().resolve("train"))) {
      assertThat(all.images().size()).isEqualTo(2 + 128 + 40 * 4);
    }
  }

  @Test
  void oneFolderLinkedFromTwoPlacesIsTakenInBoth() throws IOException {
    plain();
    Path shared = Files.createDirectories(temp.resolve("shared"));
    Files.writeString(shared.resolve("s.png"), "x");
    Files.createSymbolicLink(root().resolve("train/bee/sister"), Path.of("../ant"));
    for (String place : List.of("train/ant/s1", "train/ant/s2", "train/bee/s")) {
      Files.createSymbolicLink(root().resolve(place), shared);
    }
    Files.createSymbolicLink(root().resolve("train/ant/linked.jpg"), shared.resolve("s.png"));
    assertThat(train())
        .containsExactly(
            "train/ant/1.jpg",
            "train/ant/linked.jpg",
            "train/ant/s1/s.png",
            "train/ant/s2/s.png",
            "train/bee/2.jpg",
            "train/bee/s/s.png",
            "train/bee/sister/1.jpg",
            "train/bee/sister/linked.jpg",
            "train/bee/sister/s1/s.png",
            "train/bee/sister/s2/s.png");
  }

  @Test
  void brokenLinksPipesAndUnreadableFoldersAreNamed() throws Exception {
    plain();
    Path ant = root().resolve("train/ant");
    Files.createSymbolicLink(ant.resolve("gone.jpg"), Path.of("nowhere"));
    Files.createSymbolicLink(ant.resolve("gone"), Path.of("nowhere"));
    Process mkfifo = new ProcessBuilder("mkfifo", ant.resolve("pipe.jpg").toString()).start();
    Assumptions.assumeTrue(mkfifo.waitFor() == 0);
    try (ImageData data = ImageData.open(root())) {
      assertThat(names(data.train()))
          .containsExactly("train/ant/1.jpg", "train/ant/gone.jpg", "train/bee/2.jpg");
      assertThat(data.train().length(0)).isEqualTo("train/ant/1.jpg".length());
      assertThat(data.train().length(1)).isEqualTo(-1);
      assertThat(data.notes()).singleElement().asString().contains("2 broken links, pipes");
      assertThatThrownBy(() -> data.train().read(1))
          .hasMessage(ant.resolve("gone.jpg") + ": no such file");
    }
    Path closed = Files.createDirectories(ant.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    if (!Files.isReadable(closed)) { // root reads everything
      assertThatThrownBy(() -> open(root())).hasMessage(closed + ": no permission to read");
    }
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void namesAreComparedInComposedUnicode() throws IOException {
    String composed = "na\u00efve";
    String decomposed = Normalizer.normalize(composed, Normalizer.Form.NFD);
    with("train/" + composed + "/1.jpg", "train/" + decomposed + "/2.jpg", "train/_other/o.jpg");
    with("test/" + decomposed + "/" + decomposed + ".jpg", "test/_other/p.jpg");
    try (ImageData data = ImageData.open(root())) {
      assertThat(data.labels()).containsExactly("_other", composed);
      assertThat(names(data.train()))
          .containsExactly(
              "train/_other/o.jpg", "train/" + composed + "/1.jpg", "train/" + composed + "/2.jpg");
      assertThat(names(data.test()))
          .containsExactly("test/_other/p.jpg", "test/" + composed + "/" + composed + ".jpg");
      assertThat(data.notes()).singleElement().asString().contains("taken as one class");
      assertThatThrownBy(() -> data.test().read(1)).hasMessageContaining("not a JPEG");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "train, test",
    "Train, Test",
    "TRAIN, VAL",
    "training, validation",
    "train, valid",
    "train, val",
    "a/train, a/test",
    "a/b/train, a/b/validation"
  })
  void splitsHaveTheNamesThatPeopleGiveThem(String train, String test) throws IOException {
    with(train + "/ant/1.jpg", train + "/bee/2.jpg", test + "/ant/3.jpg", test + "/bee/4.jpg");
    with("readme.txt");
    try (ImageData data = ImageData.open(root())) {
      assertThat(names(data.train())).containsExactly(train + "/ant/1.jpg", train + "/bee/2.jpg");
      assertThat(names(data.test())).containsExactly(test + "/ant/3.jpg", test + "/bee/4.jpg");
      assertThat(data.finalTest()).isEmpty();
    }
  }

  @Test
  void valChoosesAndTestIsKeptForTheEndWhereThereAreBoth() throws IOException {
    plain();
    with("valid/ant/v.jpg", "valid/bee/w.jpg", "annotations/ant/x.xml");
    try (ImageData data = ImageData.open(root())) {
      assertThat(names(data.test())).containsExactly("valid/ant/v.jpg", "valid/bee/w.jpg");
      assertThat(names(data.finalTest().orElseThrow()))
          .containsExactly("test/ant/3.jpg", "test/bee/4.jpg");
      assertThat(data.notes())
          .containsExactly(
              root() + ": the best epoch is chosen by valid/; test/ is tested once, at the end",
              root() + ": passed over 1 folder that is not part of the data set (annotations)");
    }
    try (OpenImages data =
        OpenImages.labelled(root(), ImageData.Options.PLAIN, List.of("ant", "bee"))) {
      assertThat(names(data.images())).containsExactly("test/ant/3.jpg", "test/bee/4.jpg");
    }
  }

  @Test
  void whatDoesNotFitIsOneLineThatSaysWhatIsThere() throws IOException {
    with("images/a.jpg", "images/b.jpg", "labels/a.txt", "data.yaml");
    assertThatThrownBy(() -> open(root()))
        .hasMessageStartingWith(root() + ": has 2 classes but no test part")
        .hasMessageContaining("data.split: {test: 0.2}")
        .hasMessageContaining(
            "found images/ (2 files (a.jpg, b.jpg)), labels/ (1 file (a.txt)), 1 file (data.yaml)");
    Path flat = Files.createDirectories(temp.resolve("flat"));
    Files.writeString(flat.resolve("cat.jpg"), "x");
    assertThatThrownBy(() -> open(flat))
        .hasMessageStartingWith(flat + ": has no train/CLASS/ folders")
        .hasMessageContaining("found 1 file (cat.jpg)");
    Path two = temp.resolve("two");
    for (String file : List.of("x/train/a/1.jpg", "x/test/a/2.jpg", "y/train/a/3.jpg")) {
      Files.createDirectories(two.resolve(file).getParent());
      Files.writeString(two.resolve(file), file);
    }
    assertThatThrownBy(() -> open(two)).hasMessageContaining("holds several data sets: x/, y/");
    assertThatThrownBy(() -> open(temp.resolve("none"))).hasMessageContaining("no such folder");
  }

  @Test
  void aClassWithoutImagesIsNamed() throws IOException {
    plain();
    with("train/zebra/notes.txt", "test/zebra/z.jpg");
    assertThatThrownBy(() -> open(root()))
        .hasMessage(
            root()
                + ": class folder train/zebra is empty: it has no images; add some or remove it");
  }

  @Test
  void aPartWithinItsLikeIsNotCountedAsPassedOver() throws IOException {
    with("train/train/ant/1.jpg", "train/train/bee/2.jpg", "train/extra/README");
    Files.move(root().resolve("train/extra/README"), root().resolve("train/README"));
    Files.delete(root().resolve("train/extra"));
    with("test/ant/3.jpg", "test/bee/4.jpg", "labels/x.txt");
    assertThat(train()).containsExactly("train/train/ant/1.jpg", "train/train/bee/2.jpg");
    assertThat(open(root()).notes())
        .containsExactly(
            root()
                + ": passed over 1 file that is no image (train/README), 1 folder that is not part"
                + " of the data set (labels)");
  }

  @Test
  void whatIsNoFolderZipOrTableIsCalledSo() throws IOException {
    plain();
    for (String name : List.of("photo.jpg", "job.yaml", "list.txt")) {
      Path file = Files.writeString(temp.resolve(name), "path,label\n");
      assertThatThrownBy(() -> open(file))
          .hasMessage(
              file
                  + ": is no folder, zip (.zip) or table (.csv, .tsv) of images; give one of them");
    }
  }

  @Test
  void imagesRightInTheirPartHaveNoClass() throws IOException {
    with("train/cat.1.jpg", "train/dog.2.jpg", "test/3.jpg");
    for (ImageData.Options options : List.of(ImageData.Options.PLAIN, split(0.5, 1))) {
      assertThatThrownBy(() -> ImageData.open(root(), options).close())
          .hasMessageStartingWith(root() + ": has images but no class folders in test/, train/")
          .hasMessageContaining("found test/ (1 file (3.jpg)), train/ (2 files");
    }
    with("train/cat/1.jpg", "train/dog/2.jpg"); // as in competitions: the test images unlabelled
    assertThatThrownBy(() -> open(root())).hasMessageContaining("has 2 classes but no test part");
    with("train/cat/3.jpg", "train/dog/4.jpg");
    try (ImageData data = ImageData.open(root(), split(0.5, 1))) {
      assertThat(data.labels()).containsExactly("cat", "dog");
      assertThat(data.train().size() + data.test().size()).isEqualTo(4);
    }
  }

  @Test
  void aClassCalledTrainIsNoSplit() throws IOException {
    with("train/1.jpg", "bus/2.jpg", "car/3.jpg");
    try (OpenImages data = OpenImages.labelled(root(), ImageData.Options.PLAIN, List.of())) {
      assertThat(data.labels()).containsExactly("bus", "car", "train");
    }
  }

  private static ImageData.Options split(double test, long seed) {
    return new ImageData.Options(Optional.of(new SplitRule(test, seed)));
  }

  private List<String> divided(long seed, boolean test) throws IOException {
    try (ImageData data = ImageData.open(root(), split(0.3, seed))) {
      return names(test ? data.test() : data.train());
    }
  }

  @Test
  void oneFolderOfClassesIsDividedByNamesAndStaysDivided() throws IOException {
    for (int i = 0; i < 300; i++) {
      with("ant/" + i + ".jpg", "bee/" + i + ".jpg");
    }
    List<String> train = divided(1, false);
    List<String> test = divided(1, true);
    assertThat(test).hasSizeBetween(140, 220).doesNotContainAnyElementsOf(train);
    assertThat(train.size() + test.size()).isEqualTo(600);
    assertThat(divided(2, true)).isNotEqualTo(test);
    for (int i = 0; i < 100; i++) {
      with("ant/new" + i + ".jpg", "wasp/" + i + ".jpg");
    }
    assertThat(divided(1, true)).containsAll(test);
    assertThat(divided(1, false)).containsAll(train);
    Path zip = temp.resolve("pets.zip");
    zip(zip, StandardCharsets.UTF_8, "wrapper/", names(train, test));
    try (ImageData data = ImageData.open(zip, split(0.3, 1))) {
      assertThat(names(data.test()).stream().map(name -> name.substring(8))).containsAll(test);
    }
  }

  private static List<String> names(List<String> some, List<String> others) {
    List<String> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }

  @Test
  void equalImagesAreNeverOnBothSides() throws IOException {
    for (int i = 0; i < 200; i++) {
      with("ant/" + i + ".jpg", "bee/" + i + ".jpg");
      Files.copy(root().resolve("ant/" + i + ".jpg"), root().resolve("ant/copy of " + i + ".jpg"));
      Files.copy(root().resolve("ant/" + i + ".jpg"), root().resolve("bee/also " + i + ".jpg"));
    }
    try (ImageData data = ImageData.open(root(), split(0.2, 5))) {
      assertThat(contents(data.test())).doesNotContainAnyElementsOf(contents(data.train()));
      assertThat(data.train().size() + data.test().size()).isEqualTo(800);
    }
  }

  private TreeSet<String> contents(ImageSplit split) throws IOException {
    TreeSet<String> contents = new TreeSet<>();
    for (String name : names(split)) {
      contents.add(Files.readString(root().resolve(name)));
    }
    return contents;
  }

  @Test
  void everyClassGetsATestImageOrIsNamed() throws IOException {
    for (int label = 0; label < 30; label++) {
      with("c" + label + "/1.jpg", "c" + label + "/2.jpg");
    }
    try (ImageData data = ImageData.open(root(), split(0.01, 1))) {
      assertThat(IntStream.range(0, data.test().size()).map(data.test()::label).distinct())
          .hasSize(30);
      assertThat(data.train().size()).isEqualTo(30);
    }
    with("single/1.jpg");
    assertThatThrownBy(() -> ImageData.open(root(), split(0.5, 1)).close())
        .hasMessageContaining(": class 'single' has only one image")
        .hasMessageContaining("add images or remove the class");
  }

  @Test
  void aSplitThatIsThereIsNotDividedAgain() throws IOException {
    plain();
    assertThatThrownBy(() -> ImageData.open(root(), split(0.5, 1)).close())
        .hasMessage(root() + ": has test/ already; remove data.split");
    with("only/train/a/1.jpg", "only/train/a/2.jpg", "only/train/b/1.jpg", "only/train/b/2.jpg");
    assertThatThrownBy(() -> open(root().resolve("only")))
        .hasMessageContaining("2 classes but no test part");
    try (ImageData data = ImageData.open(root().resolve("only"), split(0.5, 1))) {
      assertThat(data.train().size() + data.test().size()).isEqualTo(4);
    }
  }

  private static void zip(Path zip, Charset charset, String prefix, List<String> names)
      throws IOException {
    try (OutputStream file = Files.newOutputStream(zip);
        ZipOutputStream out = new ZipOutputStream(file, charset)) {
      for (String name : names) {
        out.putNextEntry(new ZipEntry(prefix + name));
        out.write(name.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private List<String> zipped(Charset charset, String... names) throws IOException {
    Path zip = temp.resolve("set.zip");
    zip(zip, charset, "", List.of(names));
    try (ImageData data = ImageData.open(zip)) {
      List<String> all = names(names(data.train()), names(data.test()));
      assertThat(data.train().length(0)).isPositive();
      return all;
    }
  }

  @Test
  void zipsOfTheMacAndOfWindowsAreReadLikeTheFolder() throws IOException {
    assertThat(
            zipped(
                StandardCharsets.UTF_8,
                "__MACOSX/train/ant/._1.jpg",
                "__MACOSX/._train",
                "train/",
                "train/ant/1.jpg",
                "train/bee/2.jpg",
                "test/ant/3.jpg",
                "test/bee/4.jpg"))
        .containsExactly("train/ant/1.jpg", "train/bee/2.jpg", "test/ant/3.jpg", "test/bee/4.jpg");
    assertThat(
            zipped(
                StandardCharsets.UTF_8,
                "pets\\train\\ant\\1.jpg",
                "pets\\Test\\ant\\2.jpg",
                "pets\\Test\\ant\\Thumbs.db"))
        .containsExactly("pets/train/ant/1.jpg", "pets/Test/ant/2.jpg");
    assertThat(
            zipped(
                Charset.forName("IBM437"), "train/na\u00efve/1.jpg", "test/na\u00efve/\u00e9.jpg"))
        .containsExactly("train/na\u00efve/1.jpg", "test/na\u00efve/\u00e9.jpg");
    assertThatThrownBy(() -> zipped(StandardCharsets.UTF_8, "train\\..\\..\\x\\1.jpg"))
        .hasMessageContaining("leaves the zip's own folder");
    assertThatThrownBy(() -> zipped(StandardCharsets.UTF_8, "train/a/1.jpg", "train\\a\\1.jpg"))
        .hasMessageContaining("stands twice");
  }

  @Test
  void encryptedZipsAreSaidToBeSo() throws IOException {
    Path zip = temp.resolve("secret.zip");
    zip(zip, StandardCharsets.UTF_8, "", List.of("train/ant/1.jpg"));
    byte[] bytes = Files.readAllBytes(zip);
    ByteArrayOutputStream changed = new ByteArrayOutputStream();
    for (int i = 0; i < bytes.length; i++) {
      boolean central = i >= 8 && bytes[i - 8] == 'P' && bytes[i - 7] == 'K' && bytes[i - 6] == 1;
      changed.write(central ? bytes[i] | 1 : bytes[i]); // general purpose flag, bit 0
    }
    Files.write(zip, changed.toByteArray());
    assertThatThrownBy(() -> open(zip))
        .hasMessage(
            zip + ": has encrypted entries; unpack it with its password and give the folder");
  }

  private Path manifest(String name, String text) throws IOException {
    plain();
    return Files.writeString(root().resolve(name), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "path,label,split\ntrain/ant/1.jpg,ant,train\ntrain/bee/2.jpg,bee,train\n"
            + "test/ant/3.jpg,ant,test\ntest/bee/4.jpg,bee,test\n",
        "\uFEFFid,Label,File_Name,split\r\n1,ant,train/ant/1.jpg,train\r\n"
            + "2,bee,\"train/bee/2.jpg\",train\r\n\r\n3, ant , ./test/ant/3.jpg ,VAL\r\n"
            + "4,\"bee\",test\\bee\\4.jpg,val\r\n",
        "train/ant/1.jpg,ant,training\ntrain/bee/2.jpg,bee,training\n"
            + "test/ant/3.jpg,ant,validation\ntest/bee/4.jpg,bee,validation",
        "path;label;split\ntrain/ant/1.jpg;ant;train\ntrain/bee/2.jpg;bee;train\n"
            + "test/ant/3.jpg;ant;test\ntest/bee/4.jpg;bee;test\n"
      })
  void manifestsNameTheirImages(String text) throws IOException {
    for (String name : List.of("set.csv", "set.tsv")) {
      Path manifest = manifest(name, name.endsWith("csv") ? text : text.replaceAll("[,;]", "\t"));
      try (ImageData data = ImageData.open(manifest)) {
        assertThat(data.labels()).containsExactly("ant", "bee");
        assertThat(names(data.train())).containsExactly("train/ant/1.jpg", "train/bee/2.jpg");
        assertThat(names(data.test())).containsExactly("test/ant/3.jpg", "test/bee/4.jpg");
        assertThatThrownBy(() -> data.test().read(0)).hasMessageContaining("not a JPEG");
      }
    }
  }

  @Test
  void manifestsMayLeadOutsideAndQuoteAndBeDivided() throws IOException {
    Path outside = Files.createDirectories(temp.resolve("elsewhere"));
    for (String name : List.of("a,b.jpg", "c\"d.jpg", "e.jpg", "f")) {
      Files.writeString(outside.resolve(name), name);
    }
    Path manifest =
        manifest(
            "all.csv",
            "path,label\n\"../elsewhere/a,b.jpg\",\"x, or y\"\n\"../elsewhere/c\"\"d.jpg\",\"x, or"
                + " y\"\n"
                + outside.resolve("e.jpg")
                + ",z\n../elsewhere/f,z\n../elsewhere/f,z\n");
    try (ImageData data = ImageData.open(manifest, split(0.5, 1))) {
      assertThat(data.labels()).containsExactly("x, or y", "z");
      assertThat(names(names(data.train()), names(data.test())))
          .containsExactlyInAnyOrder(
              "../elsewhere/a,b.jpg",
              "../elsewhere/c\"d.jpg",
              "../elsewhere/f",
              outside.resolve("e.jpg").toString());
      assertThat(data.notes()).singleElement().asString().contains("1 line that names an image");
    }
    try (OpenImages data = OpenImages.labelled(manifest, ImageData.Options.PLAIN, List.of())) {
      assertThat(data.images().size()).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x,y\\n1,2|line 1: 'x,y' is neither a header",
        "path,label\\ntrain/ant/1.jpg|line 2: has no label",
        "path,label\\ntrain/ant/1.jpg,|line 2: the label is empty",
        "path,label\\ntrain/ant/1, left.jpg,a|line 2: has 3 cells, the first line 2; put what holds",
        "train/ant/1.jpg,a\\ntrain/ant/2.jpg,a,b,c|line 2: has 4 cells, the first line 2",
        "path,label,split\\ntrain/ant/1.jpg,a,dog|line 2: the split must be train, val or test",
        "path,label\\nhttps://x.org/1.jpg,a|only files are read",
        "path,label\\nno.jpg,a|none of its 1 images is there",
        "path,label\\ntrain/ant,a|line 2: train/ant is a folder",
        "path,label\\ntrain/ant/1.jpg,a\\ntrain/ant/1.jpg,b|line 3: train/ant/1.jpg stands in line 2",
        "path,label\\ntrain/ant/1.jpg,a\\ntrain//x/.././ant/1.jpg,b"
            + "|line 3: train//x/.././ant/1.jpg stands in line 2",
        "path,label,split\\ntrain/ant/1.jpg,\"a\\nb\",train\\ntest/ant/3.jpg,\"a\\nb\",test"
            + "|has a line break in its name; rename it",
        "path,label\\n|names no images",
        "path,label\\n\"train/ant/1.jpg,a\\n|line ",
        "path,label\\ntrain/ant/1.jpg,a|has 1 class but no test part; add a split column",
        "path,label,split\\ntrain/ant/1.jpg,a,train|found 1 image, split train",
        "path,label,split\\ntrain/ant/1.jpg,a,test|no train part; expected path,label,split"
      })
  void manifestsThatAreWrongAreOneLine(String text, String message) throws IOException {
    Path manifest = manifest("m.csv", text.replace("\\n", "\n"));
    assertThatThrownBy(() -> open(manifest))
        .hasMessageStartingWith(manifest + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void manifestInAnotherEncodingIsNamed() throws IOException {
    Path manifest = manifest("m.csv", "");
    Files.write(
        manifest, "path,label\ntrain/ant/1.jpg,na\u00efve".getBytes(Charset.forName("UTF-16")));
    assertThatThrownBy(() -> open(manifest))
        .hasMessage(manifest + ": is not in UTF-8; save it as UTF-8");
  }
}
