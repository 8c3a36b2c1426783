package io.github.repvgg4j.serve.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.serve.fault.RequestFault;
import io.github.repvgg4j.spec.InputShape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowTest {

  @Test
  void oneThatIsGivenUpHoldsNoMemoryAndIsHeardOfOnce() {
    List<String> heard = new ArrayList<>();
    Row.Listener listener =
        new Row.Listener() {
          @Override
          public void computed(float[] logits, RowTimes times) {
            heard.add("computed");
          }

          @Override
          public void failed(RequestFault fault) {
            heard.add(fault.getMessage());
          }
        };
    Row row = new Row(new float[3], 0, new InputShape(3, 1, 1), 0, listener);
    assertThat(row.values()).hasSize(3);
    row.fail(RequestFault.bad("gone"));
    assertThat(row.values()).isNull();
    row.complete(new float[1], new RowTimes(1, 1, 1));
    assertThat(heard).containsExactly("gone");
  }
}
