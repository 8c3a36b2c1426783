package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.Window;
import io.github.repvgg4j.runtime.plan.Arithmetic;
import java.util.List;

/**
 * A convolution by its definition, without the function that follows. Inner loops go over channels,
 * of which the JVM computes several at a time.
 *
 * @param weights bias, weights
 */
record PlainConvolution(Convolution layer, List<float[]> weights) implements PlainStep {

  /** A pixel of the result, one that it reads, and by which weight. */
  @FunctionalInterface
  private interface Meeting {
    void of(int target, int source, int tap);
  }

  @Override
  public Plane value(List<Plane> in) {
    Plane image = in.get(0);
    Plane out = target(image);
    double[] from = image.channelsLast();
    double[] to = new double[out.values().length];
    for (int i = 0; i < to.length; i++) {
      to[i] = weights.get(0)[i % layer.out()];
    }
    double[] byInput = weights(Side.RESULT);
    int outs = layer.out() / layer.groups();
    int ins = layer.in() / layer.groups();
    meet(
        image,
        (target, source, tap) -> {
          for (int i = 0; i < layer.in(); i++) {
            int begin = target * layer.out() + i / ins * outs;
            double factor = from[source * layer.in() + i];
            Plane.add(to, begin, byInput, (tap * layer.in() + i) * outs, outs, factor);
          }
        });
    return out.ofChannelsLast(to);
  }

  @Override
  public List<Plane> back(List<Plane> in, Plane gradient) {
    Plane image = in.get(0);
    double[] from = gradient.channelsLast();
    double[] to = new double[image.values().length];
    double[] byOutput = weights(Side.SOURCE);
    int outs = layer.out() / layer.groups();
    int ins = layer.in() / layer.groups();
    meet(
        image,
        (target, source, tap) -> {
          for (int o = 0; o < layer.out(); o++) {
            int begin = source * layer.in() + o / outs * ins;
            double factor = from[target * layer.out() + o];
            Plane.add(to, begin, byOutput, (tap * layer.out() + o) * ins, ins, factor);
          }
        });
    return List.of(image.ofChannelsLast(to));
  }

  @Override
  public Roundings roundings(List<Plane> in, Plane out, Arithmetic arithmetic) {
    Plane image = in.get(0);
    return switch (arithmetic) {
      case DIRECT -> {
        List<float[]> absolute = weights.stream().map(Plane::sizes).toList();
        Plane sizes = new PlainConvolution(layer, absolute).value(List.of(image.sizes()));
        yield Roundings.ofSums(sizes.values(), out.values(), terms(image) + 1.0);
      }
      case WINOGRAD_2 -> roundings(WinogradForm.F2, image, out);
      case WINOGRAD_4 -> roundings(WinogradForm.F4, image, out);
    };
  }

  private Roundings roundings(WinogradForm form, Plane image, Plane out) {
    return new WinogradRoundings(form, layer, weights.get(1), image, out).of(out);
  }

  /** The most products of one sum that are not of a zero, such as those that a ReLU leaves. */
  private int terms(Plane image) {
    int pixels = image.height() * image.width();
    int ins = layer.in() / layer.groups();
    int[][] present = new int[layer.groups()][pixels];
    for (int i = 0; i < image.values().length; i++) {
      present[i / pixels / ins][i % pixels] += image.values()[i] == 0 ? 0 : 1;
    }
    Plane out = target(image);
    int[][] terms = new int[layer.groups()][out.height() * out.width()];
    int[] most = {0};
    meet(
        image,
        (target, source, tap) -> {
          for (int g = 0; g < layer.groups(); g++) {
            terms[g][target] += present[g][source];
            most[0] = Math.max(most[0], terms[g][target]);
          }
        });
    return most[0];
  }

  private Plane target(Plane image) {
    Window window = layer.window();
    return Plane.zeros(layer.out(), window.output(image.height()), window.output(image.width()));
  }

  /** Whose channels are to lie side by side. */
  private enum Side {
    SOURCE,
    RESULT
  }

  /** {@code [tap, in, out / groups]} or {@code [tap, out, in / groups]} in C order. */
  private double[] weights(Side side) {
    float[] given = weights.get(1);
    double[] ordered = new double[given.length];
    int taps = layer.window().kernel() * layer.window().kernel();
    int ins = layer.in() / layer.groups();
    int outs = layer.out() / layer.groups();
    for (int at = 0; at < given.length; at++) {
      int tap = at % taps;
      int in = at / taps % ins;
      int out = at / taps / ins;
      int source = out / outs * ins + in;
      ordered[
              side == Side.RESULT
                  ? (tap * layer.in() + source) * outs + out % outs
                  : (tap * layer.out() + out) * ins + in] =
          given[at];
    }
    return ordered;
  }

  private void meet(Plane image, Meeting meeting) {
    Window window = layer.window();
    Plane out = target(image);
    int kernel = window.kernel();
    for (int target = 0; target < out.height() * out.width(); target++) {
      int top = target / out.width() * window.stride() - window.before(image.height());
      int left = target % out.width() * window.stride() - window.before(image.width());
      for (int tap = 0; tap < kernel * kernel; tap++) {
        int y = top + tap / kernel;
        int x = left + tap % kernel;
        if (y >= 0 && y < image.height() && x >= 0 && x < image.width()) {
          meeting.of(target, y * image.width() + x, tap);
        }
      }
    }
  }
}
