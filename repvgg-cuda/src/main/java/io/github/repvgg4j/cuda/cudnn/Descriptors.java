package io.github.repvgg4j.cuda.cudnn;

import io.github.repvgg4j.cuda.device.ImageShape;
import io.github.repvgg4j.cuda.device.NumberFormat;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.cuda.global.cudnn;

/** Descriptors of tensors, each made once. */
final class Descriptors implements AutoCloseable {

  private final Map<Key, cudnnTensorStruct> all = new HashMap<>();

  /** What a descriptor says. */
  private record Key(int order, int type, int n, int c, int h, int w) {}

  static int type(NumberFormat format) {
    return format == NumberFormat.FLOAT32 ? cudnn.CUDNN_DATA_FLOAT : cudnn.CUDNN_DATA_BFLOAT16;
  }

  /** {@code [N, H, W, C]}. */
  cudnnTensorStruct images(ImageShape shape, NumberFormat format) {
    return images(cudnn.CUDNN_TENSOR_NHWC, shape, format);
  }

  /** {@code [N, C, H, W]} float32. */
  cudnnTensorStruct plain(ImageShape shape) {
    return images(cudnn.CUDNN_TENSOR_NCHW, shape, NumberFormat.FLOAT32);
  }

  private cudnnTensorStruct images(int order, ImageShape shape, NumberFormat format) {
    return get(
        new Key(
            order, type(format), shape.images(), shape.channels(), shape.height(), shape.width()));
  }

  /** C float32 numbers of a BatchNorm. */
  cudnnTensorStruct perChannel(int channels) {
    return rows(1, channels);
  }

  /** Float32 rows, one image each. */
  cudnnTensorStruct rows(int rows, int columns) {
    return get(new Key(cudnn.CUDNN_TENSOR_NCHW, cudnn.CUDNN_DATA_FLOAT, rows, columns, 1, 1));
  }

  /** Numbers side by side. */
  cudnnTensorStruct vector(long length, NumberFormat format) {
    return get(new Key(cudnn.CUDNN_TENSOR_NCHW, type(format), 1, 1, 1, Math.toIntExact(length)));
  }

  private cudnnTensorStruct get(Key key) {
    return all.computeIfAbsent(
        key,
        k -> {
          cudnnTensorStruct made = new cudnnTensorStruct();
          Status.cudnn("cudnnCreateTensorDescriptor", cudnn.cudnnCreateTensorDescriptor(made));
          Status.cudnn(
              "cudnnSetTensor4dDescriptor",
              cudnn.cudnnSetTensor4dDescriptor(made, k.order, k.type, k.n, k.c, k.h, k.w));
          return made;
        });
  }

  @Override
  public void close() {
    all.values().forEach(cudnn::cudnnDestroyTensorDescriptor);
    all.clear();
  }
}
