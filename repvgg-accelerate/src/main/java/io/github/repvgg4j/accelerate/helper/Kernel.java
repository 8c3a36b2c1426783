package io.github.repvgg4j.accelerate.helper;

import io.github.repvgg4j.array.HostMemory;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.primitive.Argument;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.program.Execution;
import io.github.repvgg4j.onednn.program.Program;
import io.github.repvgg4j.onednn.program.Scratch;
import io.github.repvgg4j.onednn.program.Tape;
import io.github.repvgg4j.onednn.program.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A primitive on Deeplearning4j's arrays, which are brought into the layouts that it wants. Made
 * once for a shape and run many times by one thread a time.
 */
final class Kernel implements AutoCloseable {

  private final Program program;
  private final Execution execution;

  /** An array as Deeplearning4j has it. */
  record Operand(Argument argument, Layout layout) {}

  /**
   * @param primitive taken over
   */
  Kernel(String name, Primitive primitive, List<Operand> read, List<Operand> written) {
    Tape tape = new Tape();
    Map<Argument, Tensor> sources = new HashMap<>();
    Map<Argument, Tensor> targets = new HashMap<>();
    for (Operand operand : read) {
      Tensor array = tape.slot(operand.layout());
      Layout wanted = primitive.layout(operand.argument());
      sources.put(operand.argument(), tape.in(wanted, name, array));
    }
    for (Operand operand : written) {
      targets.put(operand.argument(), tape.slot(operand.layout()));
    }
    tape.write(name, primitive, sources, targets);
    program = tape.program();
    execution = new Execution(program, Scratch::ofThread);
  }

  /** Runs on the arrays read and then the arrays written, in the order of the operands. */
  void run(INDArray... arrays) {
    long[] addresses = new long[arrays.length];
    for (int i = 0; i < arrays.length; i++) {
      addresses[i] = HostMemory.address(arrays[i]);
    }
    execution.run(addresses);
  }

  @Override
  public void close() {
    execution.close();
    program.close();
  }
}
