package io.github.repvgg4j.train.optim;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * How a gradient changes parameters. {@link Sgd} and {@link AdamW} are PyTorch 1.13's ({@code
 * torch.optim}). All arrays are row vectors {@code [1, P]} of one data type, FLOAT or DOUBLE; a
 * step allocates nothing that grows with P beyond what it says.
 */
public sealed interface UpdateRule
    permits UpdateRule.Sgd, UpdateRule.AdamW, UpdateRule.Dl4j, UpdateRule.Muon {

  /** Vectors of length P that the rule remembers between steps. */
  int stateVectors();

  /** What they hold at the start. */
  default double initialState() {
    return 0;
  }

  /** Strength of the weight decay where the mask of {@link Vectors#decayed} is 1. */
  double weightDecay();

  /**
   * Changes parameters and state in place; the gradient and the scratch vector are used up.
   *
   * @param step number of this step, from 1
   */
  void apply(Vectors vectors, double learningRate, long step);

  /**
   * What a step works on.
   *
   * @param parameters changed in place
   * @param gradient mean over the batch; overwritten
   * @param decayed 1 where weight decay applies, else 0
   * @param rates factors of the learning rate; null where all are 1
   * @param scratch overwritten
   * @param state {@link UpdateRule#stateVectors} vectors, changed in place
   * @param kernels those that {@link Muon} steps by their orthogonal directions
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Vectors(
      INDArray parameters,
      INDArray gradient,
      INDArray decayed,
      INDArray rates,
      INDArray scratch,
      INDArray[] state,
      Kernels kernels) {

    /** For rules that know vectors only. */
    public Vectors(
        INDArray parameters,
        INDArray gradient,
        INDArray decayed,
        INDArray rates,
        INDArray scratch,
        INDArray[] state) {
      this(parameters, gradient, decayed, rates, scratch, state, Kernels.NONE);
    }

    public Vectors withGradient(INDArray other) {
      return new Vectors(parameters, other, decayed, rates, scratch, state, kernels);
    }

    private FloatBlocks.Vectors inBlocks(boolean isDecayed) {
      return new FloatBlocks.Vectors(
          parameters, gradient, state, isDecayed ? decayed : null, rates);
    }

    /** Views of a range of all vectors. */
    private Vectors part(long from, long to) {
      INDArray[] states = new INDArray[state.length];
      for (int i = 0; i < states.length; i++) {
        states[i] = range(state[i], from, to);
      }
      return new Vectors(
          range(parameters, from, to),
          range(gradient, from, to),
          range(decayed, from, to),
          rates == null ? null : range(rates, from, to),
          range(scratch, from, to),
          states);
    }

    private static INDArray range(INDArray vector, long from, long to) {
      return vector
          .get(NDArrayIndex.point(0), NDArrayIndex.interval(from, to))
          .reshape(1, to - from);
    }
  }

  /**
   * Kernels of convolutions, and what makes them orthogonal.
   *
   * @param list by rising offset
   */
  record Kernels(List<Kernel> list, Orthogonalizer orthogonalizer) {

    public static final Kernels NONE = new Kernels(List.of(), vector -> {});

    public Kernels {
      list = List.copyOf(list);
    }
  }

  /**
   * Stochastic gradient descent: {@code v = momentum v + g}, {@code p -= lr v}, with Nesterov
   * {@code p -= lr (g + momentum v)}; weight decay is added to the gradient. Differs from DL4J's
   * {@code Nesterovs}, whose velocity contains the learning rate.
   */
  record Sgd(double momentum, boolean nesterov, double weightDecay) implements UpdateRule {

    public Sgd {
      if (nesterov && momentum == 0) {
        throw new IllegalArgumentException("nesterov: needs a momentum greater than 0");
      }
    }

    @Override
    public int stateVectors() {
      return momentum == 0 ? 0 : 1;
    }

    @Override
    public void apply(Vectors v, double learningRate, long step) {
      FloatBlocks.Vectors inBlocks = v.inBlocks(weightDecay != 0);
      if (FloatBlocks.fit(inBlocks)) {
        FloatBlocks.run(inBlocks, block -> apply(block, learningRate));
        return;
      }
      decayInGradient(v, weightDecay);
      INDArray update = v.gradient;
      if (momentum != 0) {
        INDArray velocity = v.state[0];
        velocity.muli(momentum).addi(v.gradient);
        if (nesterov) {
          axpy(momentum, velocity, v.gradient);
        } else {
          update = velocity;
        }
      }
      descend(v, learningRate, update);
    }

    /** The same, while a block lies in the cache. */
    private void apply(FloatBlocks.Block block, double learningRate) {
      float[] update = block.gradient();
      if (weightDecay != 0) {
        float decay = (float) weightDecay;
        for (int i = 0; i < block.length(); i++) {
          update[i] += decay * (block.parameters()[i] * block.decayed()[i]);
        }
      }
      if (momentum != 0) {
        float kept = (float) momentum;
        float[] velocity = block.state()[0];
        for (int i = 0; i < block.length(); i++) {
          velocity[i] = kept * velocity[i] + update[i];
        }
        if (nesterov) {
          for (int i = 0; i < block.length(); i++) {
            update[i] += kept * velocity[i];
          }
        } else {
          update = velocity;
        }
      }
      block.descend(learningRate, update);
    }
  }

  /** Adam with decoupled weight decay (Loshchilov and Hutter 2019). */
  record AdamW(double beta1, double beta2, double epsilon, double weightDecay)
      implements UpdateRule {

    @Override
    public int stateVectors() {
      return 2;
    }

    @Override
    public void apply(Vectors v, double learningRate, long step) {
      FloatBlocks.Vectors inBlocks = v.inBlocks(weightDecay != 0);
      if (FloatBlocks.fit(inBlocks)) {
        FloatBlocks.run(inBlocks, block -> apply(block, learningRate, step));
        return;
      }
      if (weightDecay != 0) {
        v.parameters.muli(v.decayed, v.scratch);
        descend(v, learningRate * weightDecay, v.scratch);
      }
      INDArray mean = v.state[0];
      INDArray square = v.state[1];
      mean.muli(beta1);
      axpy(1 - beta1, v.gradient, mean);
      v.gradient.muli(v.gradient, v.scratch);
      square.muli(beta2);
      axpy(1 - beta2, v.scratch, square);
      v.scratch.assign(square);
      Transforms.sqrt(v.scratch, false);
      v.scratch.divi(Math.sqrt(1 - Math.pow(beta2, step))).addi(epsilon);
      mean.divi(v.scratch, v.gradient);
      descend(v, learningRate / (1 - Math.pow(beta1, step)), v.gradient);
    }

    /** The same, while a block lies in the cache. */
    private void apply(FloatBlocks.Block block, double learningRate, long step) {
      int length = block.length();
      float[] gradient = block.gradient();
      float[] mean = block.state()[0];
      float[] square = block.state()[1];
      if (weightDecay != 0) {
        float[] shrinking = new float[length];
        for (int i = 0; i < length; i++) {
          shrinking[i] = block.parameters()[i] * block.decayed()[i];
        }
        block.descend(learningRate * weightDecay, shrinking);
      }
      float kept = (float) beta1;
      float taken = (float) (1 - beta1);
      for (int i = 0; i < length; i++) {
        mean[i] = kept * mean[i] + taken * gradient[i];
      }
      float keptSquare = (float) beta2;
      float takenSquare = (float) (1 - beta2);
      for (int i = 0; i < length; i++) {
        square[i] = keptSquare * square[i] + takenSquare * (gradient[i] * gradient[i]);
      }
      float correction = (float) Math.sqrt(1 - Math.pow(beta2, step));
      float tiny = (float) epsilon;
      for (int i = 0; i < length; i++) {
        gradient[i] = mean[i] / ((float) Math.sqrt(square[i]) / correction + tiny);
      }
      block.descend(learningRate / (1 - Math.pow(beta1, step)), gradient);
    }
  }

  /**
   * An updater of Deeplearning4j; its step is ND4J's own. Weight decay is added to the gradient, as
   * Deeplearning4j's {@code l2} is.
   */
  record Dl4j(Dl4jUpdater updater, double weightDecay) implements UpdateRule {

    @Override
    public int stateVectors() {
      return updater.stateKeys().size();
    }

    @Override
    public double initialState() {
      return updater.initialState();
    }

    @Override
    public void apply(Vectors v, double learningRate, long step) {
      decayInGradient(v, weightDecay);
      Map<String, INDArray> state = new HashMap<>();
      for (int i = 0; i < v.state.length; i++) {
        state.put(updater.stateKeys().get(i), v.state[i]);
      }
      updater
          .at(learningRate)
          .instantiate(state, false)
          .applyUpdater(v.gradient, Math.toIntExact(step - 1), 0);
      descend(v, 1, v.gradient);
    }
  }

  /**
   * Muon: momentum whose direction is made orthogonal by Newton-Schulz (KellerJordan/Muon), for the
   * kernels of convolutions as matrices {@code [out, in kH kW]}; {@code rest} steps all else. With
   * {@code v = momentum v + g} and {@code u = g + momentum v} (or v without Nesterov), {@code u /
   * |u|} is orthogonalized and {@code p -= lr sqrt(max(1, out / (in kH kW))) u}, after {@code p -=
   * lr weightDecay p}: {@code torch.optim.Muon} of PyTorch 2.9 and later, whose momentum is {@code
   * 1 - momentum} times this one, which the norm takes out again.
   *
   * @param steps of Newton-Schulz
   * @param weightDecay decoupled
   * @param scale of the kernels before each step
   * @param rest of all parameters that are no kernels
   * @param restRateFactor of the learning rate of those
   */
  record Muon(
      double momentum,
      boolean nesterov,
      int steps,
      double weightDecay,
      KernelScale scale,
      UpdateRule rest,
      double restRateFactor)
      implements UpdateRule {

    /** Against a division by zero, as published. */
    private static final double TINY = 1e-7;

    /** What is done to a kernel's length before its step. */
    public enum KernelScale {
      FREE,
      /**
       * Each kernel is brought to the Frobenius norm {@code sqrt(out)}: airbench94_muon, where a
       * BatchNorm takes the length out again.
       */
      UNIT
    }

    public Muon {
      if (nesterov && momentum == 0) {
        throw new IllegalArgumentException("nesterov: needs a momentum greater than 0");
      }
      if (rest instanceof Muon || rest instanceof Dl4j) {
        throw new IllegalArgumentException("rest: must be of type sgd or adamw");
      }
    }

    @Override
    public int stateVectors() {
      return Math.max(1, rest.stateVectors());
    }

    @Override
    public void apply(Vectors v, double learningRate, long step) {
      long next = 0;
      for (Kernel kernel : v.kernels.list()) {
        rest(v, next, kernel.offset(), learningRate, step);
        next = kernel.offset() + kernel.length();
        momentum(v.part(kernel.offset(), next));
      }
      rest(v, next, v.parameters.length(), learningRate, step);
      v.kernels.orthogonalizer().run(v.gradient);
      for (Kernel kernel : v.kernels.list()) {
        Vectors part = v.part(kernel.offset(), kernel.offset() + kernel.length());
        step(part, kernel, learningRate);
      }
    }

    private void rest(Vectors v, long from, long to, double learningRate, long step) {
      if (to > from) {
        Vectors part = v.part(from, to);
        rest.apply(part, learningRate * restRateFactor, step);
      }
    }

    /** Leaves the direction, of norm 1, in the gradient's place. */
    private void momentum(Vectors v) {
      INDArray velocity = v.state[0];
      velocity.muli(momentum).addi(v.gradient);
      if (nesterov) {
        axpy(momentum, velocity, v.gradient);
      } else {
        v.gradient.assign(velocity);
      }
      v.gradient.divi(v.gradient.norm2Number().doubleValue() + TINY);
    }

    private void step(Vectors v, Kernel kernel, double learningRate) {
      if (v.rates != null && v.rates.getDouble(0) == 0) {
        return; // nothing of a kernel that is not to move changes, its norm neither
      }
      double norm = v.parameters.norm2Number().doubleValue();
      if (scale == KernelScale.UNIT && norm > 0) {
        v.parameters.muli(Math.sqrt(kernel.rows()) / norm);
      }
      if (weightDecay != 0) {
        v.parameters.muli(v.decayed, v.scratch);
        descend(v, learningRate * weightDecay, v.scratch);
      }
      double high = Math.sqrt(Math.max(1, (double) kernel.rows() / kernel.columns()));
      descend(v, learningRate * high, v.gradient);
    }
  }

  private static void decayInGradient(Vectors v, double weightDecay) {
    if (weightDecay != 0) {
      v.parameters.muli(v.decayed, v.scratch);
      axpy(weightDecay, v.scratch, v.gradient);
    }
  }

  /** p -= rate rates update; the scratch vector may hold the update. */
  private static void descend(Vectors v, double rate, INDArray update) {
    INDArray scaled = v.rates == null ? update : update.muli(v.rates, v.scratch);
    axpy(-rate, scaled, v.parameters);
  }

  /** y += a x. */
  private static void axpy(double a, INDArray x, INDArray y) {
    Nd4j.getBlasWrapper().level1().axpy(x.length(), a, x, y);
  }
}
