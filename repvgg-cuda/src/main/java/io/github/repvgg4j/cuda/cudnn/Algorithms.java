package io.github.repvgg4j.cuda.cudnn;

import io.github.repvgg4j.cuda.cudnn.CudnnPlan.Direction;
import io.github.repvgg4j.cuda.device.AlgorithmChoice;
import io.github.repvgg4j.cuda.device.CudaException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.cudnn.cudnnConvolutionBwdDataAlgoPerf_t;
import org.bytedeco.cuda.cudnn.cudnnConvolutionBwdFilterAlgoPerf_t;
import org.bytedeco.cuda.cudnn.cudnnConvolutionFwdAlgoPerf_t;
import org.bytedeco.cuda.cudnn.cudnnConvolutionStruct;
import org.bytedeco.cuda.cudnn.cudnnFilterStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * cuDNN's algorithms for a convolution, best first. {@code Get…_v7} ranks them by a model, the same
 * each time; {@code Find…} measures.
 */
final class Algorithms {

  private static final long WORKSPACE_LIMIT = 1L << 30;

  private final cudnnContext handle;
  private final cudnnTensorStruct input;
  private final cudnnFilterStruct kernel;
  private final cudnnTensorStruct output;
  private final AlgorithmChoice choice;

  Algorithms(
      cudnnContext handle,
      cudnnTensorStruct input,
      cudnnFilterStruct kernel,
      cudnnTensorStruct output,
      AlgorithmChoice choice) {
    this.handle = handle;
    this.input = input;
    this.kernel = kernel;
    this.output = output;
    this.choice = choice;
  }

  /** What cuDNN says of an algorithm. */
  private record Candidate(int algorithm, int status, int determinism, int mathType) {}

  /** Asks for the workspace that an algorithm needs. */
  private interface Workspace {
    int size(int algorithm, SizeTPointer bytes);
  }

  private boolean measured() {
    return choice == AlgorithmChoice.FASTEST;
  }

  Direction forward(cudnnConvolutionStruct convolution) {
    int[] count = new int[1];
    int most = cudnn.CUDNN_CONVOLUTION_FWD_ALGO_COUNT;
    List<Candidate> found = new ArrayList<>();
    try (cudnnConvolutionFwdAlgoPerf_t results = new cudnnConvolutionFwdAlgoPerf_t(most)) {
      int status =
          measured()
              ? cudnn.cudnnFindConvolutionForwardAlgorithm(
                  handle, input, kernel, convolution, output, most, count, results)
              : cudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                  handle, input, kernel, convolution, output, most, count, results);
      Status.cudnn("choice of a forward algorithm", status);
      for (int i = 0; i < count[0]; i++) {
        cudnnConvolutionFwdAlgoPerf_t one = results.getPointer(i);
        found.add(new Candidate(one.algo(), one.status(), one.determinism(), one.mathType()));
      }
    }
    return first(
        "forward",
        found,
        convolution,
        (algorithm, bytes) ->
            cudnn.cudnnGetConvolutionForwardWorkspaceSize(
                handle, input, kernel, convolution, output, algorithm, bytes));
  }

  Direction inputGradient(cudnnConvolutionStruct convolution) {
    int[] count = new int[1];
    int most = cudnn.CUDNN_CONVOLUTION_BWD_DATA_ALGO_COUNT;
    List<Candidate> found = new ArrayList<>();
    try (cudnnConvolutionBwdDataAlgoPerf_t results = new cudnnConvolutionBwdDataAlgoPerf_t(most)) {
      int status =
          measured()
              ? cudnn.cudnnFindConvolutionBackwardDataAlgorithm(
                  handle, kernel, output, convolution, input, most, count, results)
              : cudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                  handle, kernel, output, convolution, input, most, count, results);
      Status.cudnn("choice of a backward data algorithm", status);
      for (int i = 0; i < count[0]; i++) {
        cudnnConvolutionBwdDataAlgoPerf_t one = results.getPointer(i);
        found.add(new Candidate(one.algo(), one.status(), one.determinism(), one.mathType()));
      }
    }
    return first(
        "backward data",
        found,
        convolution,
        (algorithm, bytes) ->
            cudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
                handle, kernel, output, convolution, input, algorithm, bytes));
  }

  Direction kernelGradient(cudnnConvolutionStruct convolution) {
    int[] count = new int[1];
    int most = cudnn.CUDNN_CONVOLUTION_BWD_FILTER_ALGO_COUNT;
    List<Candidate> found = new ArrayList<>();
    try (cudnnConvolutionBwdFilterAlgoPerf_t results =
        new cudnnConvolutionBwdFilterAlgoPerf_t(most)) {
      int status =
          measured()
              ? cudnn.cudnnFindConvolutionBackwardFilterAlgorithm(
                  handle, input, output, convolution, kernel, most, count, results)
              : cudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                  handle, input, output, convolution, kernel, most, count, results);
      Status.cudnn("choice of a backward filter algorithm", status);
      for (int i = 0; i < count[0]; i++) {
        cudnnConvolutionBwdFilterAlgoPerf_t one = results.getPointer(i);
        found.add(new Candidate(one.algo(), one.status(), one.determinism(), one.mathType()));
      }
    }
    return first(
        "backward filter",
        found,
        convolution,
        (algorithm, bytes) ->
            cudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
                handle, input, output, convolution, kernel, algorithm, bytes));
  }

  private Direction first(
      String direction,
      List<Candidate> found,
      cudnnConvolutionStruct convolution,
      Workspace workspace) {
    for (Candidate candidate : found) {
      boolean fits =
          candidate.status == cudnn.CUDNN_STATUS_SUCCESS
              && (measured() || candidate.determinism == cudnn.CUDNN_DETERMINISTIC);
      if (!fits) {
        continue;
      }
      Status.cudnn(
          "cudnnSetConvolutionMathType",
          cudnn.cudnnSetConvolutionMathType(convolution, candidate.mathType));
      try (SizeTPointer bytes = new SizeTPointer(1)) {
        int status = workspace.size(candidate.algorithm, bytes);
        if (status == cudnn.CUDNN_STATUS_SUCCESS && bytes.get() <= WORKSPACE_LIMIT) {
          return new Direction(convolution, candidate.algorithm, bytes.get());
        }
      }
    }
    throw new CudaException(
        "cuDNN has no "
            + (measured() ? "" : "deterministic ")
            + direction
            + " algorithm for a convolution; try backend.deterministic: false");
  }
}
