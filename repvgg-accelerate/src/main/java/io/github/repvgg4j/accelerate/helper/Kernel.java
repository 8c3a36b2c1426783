package io.github.repvgg4j.accelerate.helper;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.primitive;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A primitive with its operands, made once for a shape and run many times by one thread a time. */
final class Kernel {

  private final primitive operation;
  private final IntMemoryMap arguments = new IntMemoryMap();
  private final List<Operand> operands = new ArrayList<>();
  private final List<Boolean> outputs = new ArrayList<>();
  private long scratchBytes;

  Kernel(primitive operation) {
    this.operation = operation;
  }

  /**
   * @param argument DNNL_ARG_...
   */
  Kernel input(int argument, Operand operand) {
    return add(argument, operand, false);
  }

  Kernel output(int argument, Operand operand) {
    return add(argument, operand, true);
  }

  private Kernel add(int argument, Operand operand, boolean output) {
    arguments.put(argument, operand.memory());
    operands.add(operand);
    outputs.add(output);
    scratchBytes += operand.scratchBytes();
    return this;
  }

  /** Runs on arrays in the order in which the operands were added. */
  void run(INDArray... arrays) {
    long scratch = Scratch.atLeast(scratchBytes);
    for (int i = 0; i < arrays.length; i++) {
      scratch = operands.get(i).bind(arrays[i], scratch);
      if (!outputs.get(i)) {
        operands.get(i).load();
      }
    }
    operation.execute(OneDnn.stream(), arguments);
    for (int i = 0; i < arrays.length; i++) {
      if (outputs.get(i)) {
        operands.get(i).store();
      }
    }
  }
}
