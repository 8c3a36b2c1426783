package io.github.repvgg4j.spec;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one grammar of layer names:
 *
 * <pre>
 *   stage1.block0                 the block; in the fast form, its one convolution
 *   stage1.block0.dense.conv      3x3 convolution    stage1.block0.dense.bn
 *   stage1.block0.dense2.conv     the second of several (MobileOne), with its .bn
 *   stage1.block0.pointwise.conv  1x1 convolution    stage1.block0.pointwise.bn
 *   stage1.block0.identity.bn     where in = out and stride 1
 *   stage1.block0.dense.scale     a factor a channel in BatchNorm's place (RepOptimizer's search)
 *   stage1.block0.add             sum of the branches
 *   stage1.block0.bn              BatchNorm behind the sum (QARepVGG)
 *   stage1.block0.se              squeeze-and-excitation, where the network has it
 *   stage1.block0.relu            the block's output, unless it is pooled
 *   stage1.block0.pool            max pooling, where the network makes images smaller by that
 *   head.pool, head.linear        global average pooling; linear layer and softmax
 * </pre>
 */
public final class BlockNames {

  /** The graph's one input. */
  public static final String INPUT = "input";

  /** Global average pooling. */
  public static final String POOL = "head.pool";

  /** The linear classifier with its softmax; the graph's one output. */
  public static final String LINEAR = "head.linear";

  private static final Pattern BRANCH =
      Pattern.compile("(stage\\d+\\.block\\d+)\\.(dense\\d*|pointwise|identity)");

  private BlockNames() {}

  /** The block of a branch; any other name is returned as it is. */
  public static String blockOfBranch(String name) {
    Matcher branch = BRANCH.matcher(name);
    return branch.matches() ? branch.group(1) : name;
  }

  public static String block(int stage, int index) {
    return "stage" + stage + ".block" + index;
  }

  public static String denseConv(String block) {
    return block + ".dense.conv";
  }

  public static String denseBn(String block) {
    return block + ".dense.bn";
  }

  /** The convolution of branch {@code index} of several like it, from 0. */
  public static String denseConv(String block, int index) {
    return dense(block, index) + ".conv";
  }

  /** Branch {@code index} of several like it, from 0: what its layers' names begin with. */
  public static String dense(String block, int index) {
    return block + ".dense" + (index == 0 ? "" : index + 1);
  }

  public static String pointwise(String block) {
    return block + ".pointwise";
  }

  public static String identity(String block) {
    return block + ".identity";
  }

  /** BatchNorm of a branch, or of the sum, whose name is the block's. */
  public static String bn(String branch) {
    return branch + ".bn";
  }

  /** The factor a channel of a branch. */
  public static String scale(String branch) {
    return branch + ".scale";
  }

  public static String pointwiseConv(String block) {
    return block + ".pointwise.conv";
  }

  public static String pointwiseBn(String block) {
    return block + ".pointwise.bn";
  }

  public static String identityBn(String block) {
    return block + ".identity.bn";
  }

  public static String add(String block) {
    return block + ".add";
  }

  public static String squeezeExcitation(String block) {
    return block + ".se";
  }

  public static String relu(String block) {
    return block + ".relu";
  }

  public static String pool(String block) {
    return block + ".pool";
  }
}
