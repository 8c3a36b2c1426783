package io.github.repvgg4j.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.testkit.Tolerance;
import io.github.repvgg4j.weights.RandomCheckpoints.Sample;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RandomCheckpointsTest {

  @TempDir Path folder;

  @Test
  void sixtyAreImportedAsThePlainOneOrRefusedWithTheTrueReason() throws Exception {
    check(1, 60);
  }

  @Test
  @Tag("proof")
  void fiveHundredAreImportedAsThePlainOneOrRefusedWithTheTrueReason() throws Exception {
    check(20_000, 500);
  }

  private void check(long firstSeed, int count) throws Exception {
    int refused = 0;
    for (long seed = firstSeed; seed < firstSeed + count; seed++) {
      Sample sample = new RandomCheckpoints(seed, folder).next();
      Wanted wanted = new Wanted("", Optional.of(sample.spec()));
      if (sample.fault() == null) {
        ImportedWeights imported =
            WeightImport.network(WeightFiles.load(sample.file(), wanted), sample.spec());
        StateDict plain = new StateDict(Path.of("plain"), "", sample.plain());
        ImportedWeights expected = WeightImport.network(plain, sample.spec());
        assertThat(imported.form()).as("seed " + seed).isEqualTo(expected.form());
        assertThat(imported.batchesTracked()).isEqualTo(expected.batchesTracked());
        Tolerance.EXACT.check(imported.network().params(), expected.network().params());
      } else {
        refused++;
        Throwable thrown =
            catchThrowable(
                () -> WeightImport.network(WeightFiles.load(sample.file(), wanted), sample.spec()));
        assertThat(thrown).as("seed " + seed).isInstanceOf(ArchiveException.class);
        assertThat(thrown.getMessage()).as("seed " + seed).contains(sample.fault());
      }
    }
    System.out.printf(
        "checkpoints of seeds %d to %d: %d imported, %d refused%n",
        firstSeed, firstSeed + count - 1, count - refused, refused);
    assertThat(refused).isBetween(count / 10, count / 2);
  }
}
