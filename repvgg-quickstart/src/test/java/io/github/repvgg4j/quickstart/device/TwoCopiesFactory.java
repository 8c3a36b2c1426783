package io.github.repvgg4j.quickstart.device;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.indexer.Indexer;
import org.nd4j.common.util.ArrayUtil;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.cpu.nativecpu.buffer.DefaultDataBufferFactory;

/** Makes all float32 buffers {@link TwoCopies}; ND4J makes one by its public constructor. */
public final class TwoCopiesFactory extends DefaultDataBufferFactory {

  @Override
  public DataBuffer create(DataBuffer underlying, long offset, long length) {
    return underlying.dataType() == DataType.FLOAT
        ? new TwoCopies(underlying, length, offset)
        : super.create(underlying, offset, length);
  }

  @Override
  public DataBuffer create(ByteBuffer bytes, DataType type, long length, long offset) {
    return type == DataType.FLOAT
        ? new TwoCopies(bytes, type, length, offset)
        : super.create(bytes, type, length, offset);
  }

  @Override
  public DataBuffer create(DataType type, long length, boolean initialize) {
    return type == DataType.FLOAT
        ? new TwoCopies(length, initialize)
        : super.create(type, length, initialize);
  }

  @Override
  public DataBuffer create(
      DataType type, long length, boolean initialize, MemoryWorkspace workspace) {
    return type == DataType.FLOAT
        ? new TwoCopies(length, initialize, workspace)
        : super.create(type, length, initialize, workspace);
  }

  @Override
  public DataBuffer create(Pointer pointer, DataType type, long length, Indexer indexer) {
    return type == DataType.FLOAT
        ? new TwoCopies(pointer, indexer, length)
        : super.create(pointer, type, length, indexer);
  }

  @Override
  public DataBuffer createFloat(long offset, int length) {
    return new TwoCopies(length, Float.BYTES, offset);
  }

  @Override
  public DataBuffer createFloat(long offset, float[] data) {
    return new TwoCopies(data, true, offset);
  }

  @Override
  public DataBuffer createFloat(long offset, float[] data, boolean copy) {
    return new TwoCopies(data, copy, offset);
  }

  @Override
  public DataBuffer createFloat(long offset, float[] data, MemoryWorkspace workspace) {
    return new TwoCopies(data, true, offset, workspace);
  }

  @Override
  public DataBuffer createFloat(long offset, double[] data, boolean copy) {
    return new TwoCopies(ArrayUtil.toFloats(data), copy, offset);
  }

  @Override
  public DataBuffer createFloat(long length) {
    return new TwoCopies(length, true);
  }

  @Override
  public DataBuffer createFloat(long length, boolean initialize) {
    return new TwoCopies(length, initialize);
  }

  @Override
  public DataBuffer createFloat(long length, boolean initialize, MemoryWorkspace workspace) {
    return new TwoCopies(length, initialize, workspace);
  }

  @Override
  public DataBuffer createFloat(int[] data, boolean copy) {
    return new TwoCopies(ArrayUtil.toFloats(data), copy);
  }

  @Override
  public DataBuffer createFloat(double[] data, boolean copy) {
    return new TwoCopies(ArrayUtil.toFloats(data), copy);
  }

  @Override
  public DataBuffer createFloat(float[] data, boolean copy) {
    return new TwoCopies(data, copy);
  }

  @Override
  public DataBuffer createFloat(float[] data, boolean copy, MemoryWorkspace workspace) {
    return new TwoCopies(data, copy, workspace);
  }
}
