package io.github.repvgg4j.rewrite.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.reparam.NotFusibleException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SideBySideTest {

  private static final List<Integer> THINGS = IntStream.range(0, 50).boxed().toList();

  @ParameterizedTest
  @ValueSource(longs = {1, 1 << 24, Long.MAX_VALUE / 100})
  void resultsComeInOrderHoweverManyFit(long heapBytes) {
    assertThat(SideBySide.map(THINGS, thing -> heapBytes, thing -> thing * thing))
        .isEqualTo(THINGS.stream().map(thing -> thing * thing).toList());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1 << 24})
  void whatTheWorkThrowsIsThrown(long heapBytes) {
    assertThatThrownBy(
            () ->
                SideBySide.map(
                    THINGS,
                    thing -> heapBytes,
                    thing -> {
                      throw new NotFusibleException("thing " + thing);
                    }))
        .isInstanceOf(NotFusibleException.class)
        .hasMessage("thing 0");
  }
}
