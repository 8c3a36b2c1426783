package io.github.repvgg4j.cuda.chain;

import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.cuda.device.DeviceEvent;
import io.github.repvgg4j.cuda.device.DeviceMemory;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.device.PinnedMemory;
import io.github.repvgg4j.cuda.device.Span;
import io.github.repvgg4j.cuda.device.VectorMath;
import java.util.ArrayList;
import java.util.List;

/**
 * Whole steps of stochastic gradient descent on the device: parameters, momentum, average and
 * running statistics stay there. The host gives images and takes losses; a step's update may still
 * run when {@link #step} returns. PyTorch's SGD: {@code v = momentum v + g}, {@code p -= lr v},
 * with Nesterov {@code p -= lr (g + momentum v)}, weight decay added to the gradient.
 */
public final class DeviceTrainer implements AutoCloseable {

  private final CudaChain chain;
  private final CudaDevice device;
  private final VectorMath vectors;
  private final DeviceParameters parameters;
  private final DeviceLayout layout;
  private final Recipe recipe;
  private final DeviceMemory velocity;
  private final DeviceMemory average;
  private final DeviceMemory accumulated;
  private final MemoryPool pool;
  private final Span norm;
  private final PinnedMemory normOnHost;
  private final DeviceEvent normIsKnown;
  private int pendingBatches;
  private long pendingImages;

  /**
   * What is done with gradients.
   *
   * @param momentum 0 for none
   * @param weightDecay of kernels, the head's weights and the gammas that the chain was told of
   * @param clipNorm largest norm of the mean gradient over all trained parameters, 0 for no limit
   * @param accumulate batches whose gradients make one step, at least 1
   * @param emaDecay share of the old average kept each step, 0 for no average
   * @param backboneFactor of the learning rate of all but the linear layer, usually 1
   */
  public record Recipe(
      double momentum,
      Acceleration acceleration,
      double weightDecay,
      double clipNorm,
      int accumulate,
      double emaDecay,
      double backboneFactor) {

    public Recipe {
      if (acceleration == Acceleration.NESTEROV && momentum == 0) {
        throw new IllegalArgumentException("Nesterov needs a momentum greater than 0");
      }
    }
  }

  /** How the momentum enters the step. */
  public enum Acceleration {
    HEAVY_BALL,
    NESTEROV
  }

  /**
   * @param chain closed with the trainer; its graph's parameters are the first ones
   */
  public DeviceTrainer(CudaChain chain, float[] first, Recipe recipe) {
    this.chain = chain;
    this.device = chain.device();
    this.vectors = device.vectors();
    this.parameters = chain.parameters();
    this.layout = parameters.layout();
    this.recipe = recipe;
    this.pool = new MemoryPool(device);
    this.velocity = recipe.momentum() == 0 ? null : parameters.vector();
    this.average = recipe.emaDecay() == 0 ? null : parameters.vector();
    this.accumulated = recipe.accumulate() == 1 ? null : parameters.vector();
    this.norm = pool.take(NumberFormat.FLOAT32, 1).all();
    this.normOnHost = device.pin(1);
    this.normIsKnown = device.newEvent();
    parameters.put(first, parameters.values());
    if (average != null) {
      parameters.put(first, average);
    }
  }

  /** Vectors of {@link #state}. */
  public int stateVectors() {
    return vectorsOfState().size();
  }

  /** Whether the last of {@link #state} is the average. */
  public boolean hasAverage() {
    return average != null;
  }

  /** Batches that may be staged now. */
  public int room() {
    return InputSlots.AHEAD + 1 - chain.slots().staged();
  }

  /**
   * Starts the upload of a batch; the arrays may change afterwards.
   *
   * @param images {@code [N, C, H, W]}
   * @param shape of the images
   * @param targets {@code [N, classes]}, rows sum to 1
   */
  public void stage(float[] images, long[] shape, float[] targets) {
    chain.slots().stage(CudaChain.shape(shape), images, targets);
  }

  /** Forgets what was staged and not trained. */
  public void dropStaged() {
    chain.slots().drop();
  }

  /**
   * Trains the oldest staged batch.
   *
   * @param learningRate of the update, where this batch makes one
   * @return the mean loss of the batch before the step; where it is not finite, parameters are left
   *     as they were
   */
  public double step(double learningRate) {
    int images = chain.slots().next().images();
    double loss = chain.computeStaged();
    if (!Double.isFinite(loss)) {
      return loss;
    }
    DeviceMemory gradient = parameters.gradient();
    vectors.axpy(-1, layout.statistics(gradient), layout.statistics(parameters.values()));
    pendingBatches++;
    pendingImages += images;
    if (accumulated != null) {
      vectors.axpy(1, layout.trained(gradient), layout.trained(accumulated));
    }
    if (pendingBatches == recipe.accumulate()) {
      update(learningRate);
    }
    return loss;
  }

  /** Whether gradients wait for their update. */
  public boolean hasPending() {
    return pendingBatches > 0;
  }

  /** Applies what is accumulated. */
  public void update(double learningRate) {
    DeviceMemory sum = accumulated == null ? parameters.gradient() : accumulated;
    Span gradient = layout.trained(sum);
    vectors.scale((float) (1.0 / pendingImages), gradient);
    clip(gradient);
    if (recipe.weightDecay() != 0) {
      vectors.axpy(
          (float) recipe.weightDecay(), layout.decayed(parameters.values()), layout.decayed(sum));
    }
    DeviceMemory direction = sum;
    if (velocity != null) {
      Span speed = layout.trained(velocity);
      vectors.scale((float) recipe.momentum(), speed);
      vectors.axpy(1, gradient, speed);
      if (recipe.acceleration() == Acceleration.NESTEROV) {
        vectors.axpy((float) recipe.momentum(), speed, gradient);
      } else {
        direction = velocity;
      }
    }
    descend(direction, learningRate);
    if (average != null) {
      vectors.scale((float) recipe.emaDecay(), average.all());
      vectors.axpy((float) (1 - recipe.emaDecay()), parameters.values().all(), average.all());
    }
    if (accumulated != null) {
      vectors.clear(accumulated.all());
    }
    pendingBatches = 0;
    pendingImages = 0;
  }

  /** {@code torch.nn.utils.clip_grad_norm_}; the one place where a step waits for the device. */
  private void clip(Span gradient) {
    if (recipe.clipNorm() == 0) {
      return;
    }
    vectors.norm(gradient, norm);
    device.download(device.computing(), norm, normOnHost);
    device.record(normIsKnown, device.computing());
    device.synchronize(normIsKnown);
    double factor = recipe.clipNorm() / (normOnHost.read(1)[0] + 1e-6);
    if (factor < 1) {
      vectors.scale((float) factor, gradient);
    }
  }

  private void descend(DeviceMemory direction, double learningRate) {
    DeviceMemory values = parameters.values();
    if (recipe.backboneFactor() == 1) {
      vectors.axpy((float) -learningRate, layout.trained(direction), layout.trained(values));
      return;
    }
    float rate = (float) (-learningRate * recipe.backboneFactor());
    List<Span> from = layout.backbone(direction);
    List<Span> to = layout.backbone(values);
    for (int i = 0; i < from.size(); i++) {
      vectors.axpy(rate, from.get(i), to.get(i));
    }
    vectors.axpy((float) -learningRate, layout.head(direction), layout.head(values));
  }

  private List<DeviceMemory> vectorsOfState() {
    List<DeviceMemory> all = new ArrayList<>();
    all.add(parameters.values());
    if (velocity != null) {
      all.add(velocity);
    }
    if (average != null) {
      all.add(average);
    }
    return all;
  }

  /**
   * Waits for the device and copies what a later run needs to go on, each in the graph's order:
   * parameters, momentum where there is one, the average where there is one.
   */
  public List<float[]> state() {
    return vectorsOfState().stream().map(parameters::get).toList();
  }

  /**
   * Goes on from a kept {@link #state}; nothing is staged or pending then.
   *
   * @throws IllegalArgumentException the state is of another recipe
   */
  public void restore(List<float[]> state) {
    List<DeviceMemory> all = vectorsOfState();
    if (state.size() != all.size()) {
      throw new IllegalArgumentException(state.size() + " vectors of " + all.size());
    }
    dropStaged();
    pendingBatches = 0;
    pendingImages = 0;
    if (accumulated != null) {
      vectors.clear(accumulated.all());
    }
    for (int i = 0; i < all.size(); i++) {
      parameters.put(state.get(i), all.get(i));
    }
  }

  /** On the device: parameters, state, activations and the workspace. */
  public long bytes() {
    return chain.bytes();
  }

  @Override
  public void close() {
    device.synchronize(device.computing());
    pool.close();
    normOnHost.close();
    normIsKnown.close();
    chain.close();
  }
}
