package io.github.repvgg4j.onednn;

import io.github.repvgg4j.onednn.primitive.Argument;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.program.Execution;
import io.github.repvgg4j.onednn.program.Poison;
import io.github.repvgg4j.onednn.program.Program;
import io.github.repvgg4j.onednn.program.Scratch;
import io.github.repvgg4j.onednn.program.Tape;
import io.github.repvgg4j.onednn.program.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Runs one primitive on arrays in C order, whatever layouts it chose. */
final class OnePrimitive {

  private final Map<Argument, Array> sources = new LinkedHashMap<>();
  private final Map<Argument, Array> targets = new LinkedHashMap<>();

  /** Numbers in C order. */
  @SuppressWarnings("ArrayRecordComponent")
  record Array(long[] dims, float[] numbers) {

    static Array zeros(long... dims) {
      int count = 1;
      for (long dim : dims) {
        count *= (int) dim;
      }
      return new Array(dims, new float[count]);
    }

    static Array random(int seed, long... dims) {
      Random random = new Random(seed);
      Array array = zeros(dims);
      for (int i = 0; i < array.numbers.length; i++) {
        array.numbers[i] = (float) random.nextGaussian();
      }
      return array;
    }

    Layout layout() {
      return Layout.plain(DataType.F32, dims);
    }

    Memory memory() {
      Memory memory = Memory.allocate(layout());
      memory.floats().put(numbers);
      return memory;
    }
  }

  OnePrimitive reads(Argument argument, Array array) {
    sources.put(argument, array);
    return this;
  }

  OnePrimitive writes(Argument argument, Array array) {
    targets.put(argument, array);
    return this;
  }

  /** Fills in the targets; closes the primitive. */
  void run(Primitive primitive) {
    Tape tape = new Tape();
    List<Memory> memories = new ArrayList<>();
    Map<Argument, Tensor> read = new HashMap<>();
    Map<Argument, Tensor> written = new HashMap<>();
    Map<Array, Memory> results = new HashMap<>();
    sources.forEach(
        (argument, array) -> {
          memories.add(array.memory());
          Tensor slot = tape.slot(array.layout());
          read.put(argument, tape.in(primitive.layout(argument), "source", slot));
        });
    targets.forEach(
        (argument, array) -> {
          memories.add(array.memory());
          results.put(array, memories.get(memories.size() - 1));
          written.put(argument, tape.slot(array.layout()));
        });
    tape.write("primitive", primitive, read, written);
    try (Program program = tape.program();
        Scratch scratch = new Scratch();
        Execution execution = new Execution(program, () -> scratch)) {
      Poison.fill(scratch, program);
      execution.run(memories.stream().mapToLong(Memory::address).toArray());
    }
    results.forEach((array, memory) -> memory.floats().get(array.numbers));
    memories.forEach(Memory::close);
  }
}
