package io.github.repvgg4j.train.optim;

import java.util.List;
import org.nd4j.linalg.learning.AMSGradUpdater;
import org.nd4j.linalg.learning.AdaDeltaUpdater;
import org.nd4j.linalg.learning.AdaGradUpdater;
import org.nd4j.linalg.learning.AdaMaxUpdater;
import org.nd4j.linalg.learning.AdamUpdater;
import org.nd4j.linalg.learning.NadamUpdater;
import org.nd4j.linalg.learning.NesterovsUpdater;
import org.nd4j.linalg.learning.RmsPropUpdater;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

/** Deeplearning4j's updaters by name, with its defaults for all but the learning rate. */
public enum Dl4jUpdater {
  SGD(0),
  NESTEROVS(0, NesterovsUpdater.V_STATE),
  ADAGRAD(AdaGrad.DEFAULT_ADAGRAD_EPSILON, AdaGradUpdater.GRAD_STATE),
  RMSPROP(RmsProp.DEFAULT_RMSPROP_EPSILON, RmsPropUpdater.G_STATE),
  ADADELTA(0, AdaDeltaUpdater.MSG_STATE, AdaDeltaUpdater.MSDX_STATE),
  ADAM(0, AdamUpdater.M_STATE, AdamUpdater.V_STATE),
  ADAMAX(0, AdaMaxUpdater.M_STATE, AdaMaxUpdater.U_STATE),
  NADAM(0, NadamUpdater.M_STATE, NadamUpdater.V_STATE),
  AMSGRAD(0, AMSGradUpdater.M_STATE, AMSGradUpdater.V_STATE, AMSGradUpdater.V_HAT_STATE);

  private final double initialState;
  private final List<String> stateKeys;

  Dl4jUpdater(double initialState, String... stateKeys) {
    this.initialState = initialState;
    this.stateKeys = List.of(stateKeys);
  }

  /** ND4J's names of the vectors that it remembers. */
  List<String> stateKeys() {
    return stateKeys;
  }

  /** What those vectors hold before the first step. */
  double initialState() {
    return initialState;
  }

  /**
   * ND4J's configuration.
   *
   * @param learningRate AdaDelta has none and takes no notice
   */
  public IUpdater at(double learningRate) {
    return switch (this) {
      case SGD -> new Sgd(learningRate);
      case NESTEROVS -> new Nesterovs(learningRate, Nesterovs.DEFAULT_NESTEROV_MOMENTUM);
      case ADAGRAD -> new AdaGrad(learningRate);
      case RMSPROP -> new RmsProp(learningRate);
      case ADADELTA -> new AdaDelta();
      case ADAM -> new Adam(learningRate);
      case ADAMAX -> new AdaMax(learningRate);
      case NADAM -> new Nadam(learningRate);
      case AMSGRAD -> new AMSGrad(learningRate);
    };
  }
}
