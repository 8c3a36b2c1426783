package io.github.repvgg4j.train;

import io.github.repvgg4j.testkit.UnforeseenErrors;
import org.junit.jupiter.api.Test;

class UnforeseenFailureTest {

  @Test
  void errorIsOneLine() {
    UnforeseenErrors.areOneLine((out, err) -> TrainMain.run(new String[] {"--help"}, out, err));
  }
}
