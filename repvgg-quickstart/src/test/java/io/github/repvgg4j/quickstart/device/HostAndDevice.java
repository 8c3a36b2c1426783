package io.github.repvgg4j.quickstart.device;

import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.cpu.nativecpu.CpuAffinityManager;

/** Moves numbers between the {@link TwoCopies} of an array, as this project asks for it. */
public final class HostAndDevice extends CpuAffinityManager {

  private static final StackWalker STACK =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  @Override
  public void ensureLocation(INDArray array, Location location) {
    if (location != Location.DEVICE && array.data() instanceof TwoCopies copies) {
      copies.bringToHost();
    }
  }

  @Override
  public void tagLocation(INDArray array, Location location) {
    tag(array.data(), location, STACK.getCallerClass());
  }

  @Override
  public void tagLocation(DataBuffer buffer, Location location) {
    tag(buffer, location, STACK.getCallerClass());
  }

  /** ND4J's own code has written where it computes. */
  private static void tag(DataBuffer buffer, Location location, Class<?> caller) {
    if (location == Location.HOST
        && buffer instanceof TwoCopies copies
        && TwoCopies.isOfThisProject(caller)) {
      copies.takeFromHost();
    }
  }
}
