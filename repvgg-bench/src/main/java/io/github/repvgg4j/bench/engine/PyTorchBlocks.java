package io.github.repvgg4j.bench.engine;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import io.github.repvgg4j.bench.engine.Workload.Form;
import io.github.repvgg4j.bench.measure.Machine;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** RepVGG out of DJL's blocks, plain networks only; weights come from Deeplearning4j's tables. */
public final class PyTorchBlocks {

  private PyTorchBlocks() {}

  /** Sets DJL up; before its first use. */
  public static void useThreads() {
    String threads = Integer.toString(Machine.threadsPerEngine());
    System.setProperty("ai.djl.pytorch.num_threads", threads);
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("DJL_DEFAULT_ENGINE", "PyTorch");
  }

  /** Three branches a block. */
  public static SequentialBlock threeBranch(RepVggSpec spec) {
    requirePlain(spec);
    SequentialBlock network = new SequentialBlock();
    for (BlockSpec block : spec.blocks()) {
      List<Block> branches = new ArrayList<>();
      branches.add(new SequentialBlock().add(convolution(block, 3, false)).add(batchNorm()));
      branches.add(new SequentialBlock().add(convolution(block, 1, false)).add(batchNorm()));
      if (block.hasIdentity()) {
        branches.add(new SequentialBlock().add(batchNorm()));
      }
      network.add(new ParallelBlock(PyTorchBlocks::sum, branches)).add(Activation.reluBlock());
    }
    return head(network, spec);
  }

  /** One convolution a block. */
  private static SequentialBlock fused(RepVggSpec spec) {
    requirePlain(spec);
    SequentialBlock network = new SequentialBlock();
    for (BlockSpec block : spec.blocks()) {
      network.add(convolution(block, 3, true)).add(Activation.reluBlock());
    }
    return head(network, spec);
  }

  private static void requirePlain(RepVggSpec spec) {
    if (!spec.blockOptions().equals(RepVggSpec.BlockOptions.PLAIN)) {
      throw new IllegalArgumentException(
          "engine pytorch: only networks without groups and squeeze-and-excitation; leave it out of"
              + " --engines");
    }
  }

  private static SequentialBlock head(SequentialBlock network, RepVggSpec spec) {
    return network
        .add(Pool.globalAvgPool2dBlock())
        .add(Blocks.batchFlattenBlock())
        .add(Linear.builder().setUnits(spec.numClasses()).build());
  }

  private static Conv2d convolution(BlockSpec block, int kernel, boolean bias) {
    return Conv2d.builder()
        .setKernelShape(new Shape(kernel, kernel))
        .setFilters(block.out())
        .optStride(new Shape(block.stride(), block.stride()))
        .optPadding(new Shape(kernel / 2, kernel / 2))
        .optBias(bias)
        .build();
  }

  private static BatchNorm batchNorm() {
    return BatchNorm.builder().optEpsilon(1e-5f).optMomentum(0.9f).build();
  }

  private static NDList sum(List<NDList> branches) {
    NDArray total = branches.get(0).singletonOrThrow();
    for (NDList branch : branches.subList(1, branches.size())) {
      total = total.add(branch.singletonOrThrow());
    }
    return new NDList(total);
  }

  /** The network of a form. */
  static SequentialBlock of(RepVggSpec spec, Form form) {
    return form == Form.FUSED ? fused(spec) : threeBranch(spec);
  }

  /** Saves Deeplearning4j's weights as DJL's parameters. */
  static void write(Path file, Workload workload, Form form) throws IOException {
    RepVggSpec spec = workload.spec();
    SequentialBlock network = of(spec, form);
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        DataOutputStream out =
            new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      InputShape input = spec.input();
      network.initialize(
          manager, DataType.FLOAT32, new Shape(1, input.channels(), input.height(), input.width()));
      Iterator<INDArray> arrays = arrays(spec, table(workload, form), form).iterator();
      for (var parameter : network.getParameters().values()) {
        NDArray target = parameter.getArray();
        target.set(FloatBuffer.wrap(arrays.next().dup('c').data().asFloat()));
      }
      network.saveParameters(out);
    }
  }

  /** The network of a file of {@link #write}, ready to predict. */
  static SequentialBlock read(Path file, RepVggSpec spec, Form form, NDManager manager) {
    SequentialBlock network = of(spec, form);
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      network.loadParameters(manager, in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (MalformedModelException e) {
      throw new IllegalStateException(e);
    }
    return network;
  }

  /** Layer name and key, the fused network's layers numbered by Deeplearning4j renamed. */
  private static Map<String, INDArray> table(Workload workload, Form form) {
    if (form == Form.THREE_BRANCH) {
      return workload.threeBranch().paramTable();
    }
    Map<String, INDArray> table = new LinkedHashMap<>();
    var blocks = workload.spec().blocks();
    for (var layer : workload.fused().getLayers()) {
      int index = layer.getIndex();
      String name = index < blocks.size() ? blocks.get(index).name() : BlockNames.LINEAR;
      layer.paramTable().forEach((key, array) -> table.put(name + "_" + key, array));
    }
    return table;
  }

  /** In the order of the block's parameters. */
  private static List<INDArray> arrays(RepVggSpec spec, Map<String, INDArray> table, Form form) {
    List<INDArray> arrays = new ArrayList<>();
    for (BlockSpec block : spec.blocks()) {
      String name = block.name();
      if (form == Form.FUSED) {
        arrays.add(table.get(name + "_W"));
        arrays.add(table.get(name + "_b"));
      } else {
        arrays.add(table.get(BlockNames.denseConv(name) + "_W"));
        addBatchNorm(arrays, table, BlockNames.denseBn(name));
        arrays.add(table.get(BlockNames.pointwiseConv(name) + "_W"));
        addBatchNorm(arrays, table, BlockNames.pointwiseBn(name));
        if (block.hasIdentity()) {
          addBatchNorm(arrays, table, BlockNames.identityBn(name));
        }
      }
    }
    arrays.add(table.get(BlockNames.LINEAR + "_W").transpose());
    arrays.add(table.get(BlockNames.LINEAR + "_b"));
    return arrays;
  }

  private static void addBatchNorm(
      List<INDArray> arrays, Map<String, INDArray> table, String name) {
    for (String key : List.of("_gamma", "_beta", "_mean", "_var")) {
      arrays.add(table.get(name + key));
    }
  }
}
