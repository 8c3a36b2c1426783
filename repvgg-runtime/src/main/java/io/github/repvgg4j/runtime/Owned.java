package io.github.repvgg4j.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.javacpp.Pointer;

/** Native objects that live until their owner closes them, in reverse order. */
final class Owned implements AutoCloseable {

  private final Deque<Pointer> pointers = new ArrayDeque<>();

  /** Takes a pointer over, out of the surrounding {@code PointerScope} if there is one. */
  <P extends Pointer> P keep(P pointer) {
    pointer.retainReference();
    pointers.push(pointer);
    return pointer;
  }

  @Override
  public void close() {
    while (!pointers.isEmpty()) {
      pointers.pop().releaseReference();
    }
  }
}
