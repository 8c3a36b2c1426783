package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.train.optim.Schedule;
import io.github.repvgg4j.train.optim.UpdateRule;

/**
 * What is done with gradients.
 *
 * @param rule update rule
 * @param schedule learning rate by iteration
 * @param clipNorm largest norm of the gradient over all trained parameters, 0 for no limit ({@code
 *     torch.nn.utils.clip_grad_norm_})
 * @param accumulate batches whose gradients make one step, at least 1
 * @param emaDecay share of the old average kept each step, 0 for no average
 * @param backboneFactor of the learning rate of all but the linear layer, usually 1
 * @param customL2 whether the reference's loss on fused kernels stands in for the decay of the
 *     blocks' convolutions, with the rule's weight decay as its strength
 */
public record StepRecipe(
    UpdateRule rule,
    Schedule schedule,
    double clipNorm,
    int accumulate,
    double emaDecay,
    double backboneFactor,
    boolean customL2) {}
