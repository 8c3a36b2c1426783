package io.github.repvgg4j.cuda.cudnn;

import io.github.repvgg4j.cuda.device.AlgorithmChoice;
import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.cuda.device.CudaException;
import io.github.repvgg4j.cuda.device.DeviceEvent;
import io.github.repvgg4j.cuda.device.DeviceMemory;
import io.github.repvgg4j.cuda.device.DeviceStream;
import io.github.repvgg4j.cuda.device.LayerMath;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.device.PinnedMemory;
import io.github.repvgg4j.cuda.device.Span;
import io.github.repvgg4j.cuda.device.VectorMath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.cuda.cudart.cudaDeviceProp;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.cudnn;

/** The first card that the process sees ({@code CUDA_VISIBLE_DEVICES}). */
public final class CudnnDevice implements CudaDevice {

  private static final int CARD = 0;

  private final Set<AutoCloseable> given = Collections.newSetFromMap(new IdentityHashMap<>());
  private final CudnnStream computing;
  private final CudnnStream copying;
  private final cudnnContext cudnnHandle = new cudnnContext();
  private final cublasContext cublasHandle = new cublasContext();
  private final Scalars scalars = new Scalars();
  private final Descriptors descriptors = new Descriptors();
  private final CudnnLayers layers;
  private final CudnnVectors vectors;
  private final String description;

  private CudnnDevice(AlgorithmChoice choice) {
    int[] count = new int[1];
    Status.cuda("cudaGetDeviceCount", cudart.cudaGetDeviceCount(count));
    if (count[0] == 0) {
      throw new CudaException("no CUDA card");
    }
    Status.cuda("cudaSetDevice", cudart.cudaSetDevice(CARD));
    computing = new CudnnStream();
    copying = new CudnnStream();
    Status.cudnn("cudnnCreate", cudnn.cudnnCreate(cudnnHandle));
    Status.cudnn("cudnnSetStream", cudnn.cudnnSetStream(cudnnHandle, computing.handle()));
    Status.cublas("cublasCreate", cublas.cublasCreate_v2(cublasHandle));
    Status.cublas("cublasSetStream", cublas.cublasSetStream_v2(cublasHandle, computing.handle()));
    layers = new CudnnLayers(this, cudnnHandle, descriptors, scalars, choice);
    vectors = new CudnnVectors(this, cudnnHandle, cublasHandle, descriptors, scalars);
    description = describe();
  }

  /**
   * @throws CudaException there is no card, or its driver is too old: one line
   * @throws LinkageError the presets or the libraries are missing
   */
  public static CudnnDevice open(AlgorithmChoice choice) {
    return new CudnnDevice(choice);
  }

  private static String describe() {
    int[] driver = new int[1];
    int[] runtime = new int[1];
    Status.cuda("cudaDriverGetVersion", cudart.cudaDriverGetVersion(driver));
    Status.cuda("cudaRuntimeGetVersion", cudart.cudaRuntimeGetVersion(runtime));
    try (cudaDeviceProp card = new cudaDeviceProp()) {
      Status.cuda("cudaGetDeviceProperties", cudart.cudaGetDeviceProperties(card, CARD));
      return card.name().getString()
          + " (compute capability "
          + card.major()
          + "."
          + card.minor()
          + ", "
          + (card.totalGlobalMem() >> 20)
          + " MB), driver for CUDA "
          + version(driver[0])
          + ", CUDA "
          + version(runtime[0])
          + ", cuDNN "
          + cudnn.cudnnGetVersion();
    }
  }

  private static String version(int number) {
    return number / 1000 + "." + number % 1000 / 10;
  }

  void forget(AutoCloseable closed) {
    given.remove(closed);
  }

  <T extends AutoCloseable> T give(T handle) {
    given.add(handle);
    return handle;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public DeviceMemory allocate(NumberFormat format, long elements) {
    return give(new CudnnMemory(this, format, elements));
  }

  @Override
  public PinnedMemory pin(int elements) {
    return give(new CudnnPinned(this, elements));
  }

  @Override
  public DeviceEvent newEvent() {
    return give(new CudnnEvent(this));
  }

  @Override
  public CudnnStream computing() {
    return computing;
  }

  @Override
  public CudnnStream copying() {
    return copying;
  }

  @Override
  public void upload(DeviceStream stream, PinnedMemory from, Span to) {
    Status.cuda(
        "cudaMemcpyAsync to the device",
        cudart.cudaMemcpyAsync(
            Address.of(to),
            ((CudnnPinned) from).pointer(),
            to.length() * to.format().bytes(),
            cudart.cudaMemcpyHostToDevice,
            ((CudnnStream) stream).handle()));
  }

  @Override
  public void download(DeviceStream stream, Span from, PinnedMemory to) {
    Status.cuda(
        "cudaMemcpyAsync to the host",
        cudart.cudaMemcpyAsync(
            ((CudnnPinned) to).pointer(),
            Address.of(from),
            from.length() * from.format().bytes(),
            cudart.cudaMemcpyDeviceToHost,
            ((CudnnStream) stream).handle()));
  }

  @Override
  public void record(DeviceEvent event, DeviceStream stream) {
    Status.cuda(
        "cudaEventRecord",
        cudart.cudaEventRecord(((CudnnEvent) event).handle(), ((CudnnStream) stream).handle()));
  }

  @Override
  public void await(DeviceStream stream, DeviceEvent event) {
    Status.cuda(
        "cudaStreamWaitEvent",
        cudart.cudaStreamWaitEvent(
            ((CudnnStream) stream).handle(), ((CudnnEvent) event).handle(), 0));
  }

  @Override
  public void synchronize(DeviceEvent event) {
    Status.cuda("cudaEventSynchronize", cudart.cudaEventSynchronize(((CudnnEvent) event).handle()));
  }

  @Override
  public void synchronize(DeviceStream stream) {
    Status.cuda(
        "cudaStreamSynchronize", cudart.cudaStreamSynchronize(((CudnnStream) stream).handle()));
  }

  @Override
  public LayerMath layers() {
    return layers;
  }

  @Override
  public VectorMath vectors() {
    return vectors;
  }

  @Override
  public void close() {
    synchronize(copying);
    synchronize(computing);
    List<AutoCloseable> left = new ArrayList<>(given);
    for (AutoCloseable handle : left) {
      try {
        handle.close();
      } catch (Exception e) {
        throw new CudaException("closing the device: " + e.getMessage());
      }
    }
    layers.close();
    vectors.close();
    descriptors.close();
    Status.cublas("cublasDestroy", cublas.cublasDestroy_v2(cublasHandle));
    Status.cudnn("cudnnDestroy", cudnn.cudnnDestroy(cudnnHandle));
    computing.close();
    copying.close();
    scalars.close();
  }
}
