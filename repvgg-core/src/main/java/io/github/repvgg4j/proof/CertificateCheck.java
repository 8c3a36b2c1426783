package io.github.repvgg4j.proof;

import io.github.repvgg4j.proof.Certificate.RegionProof;
import io.github.repvgg4j.rewrite.FuseOptions;
import io.github.repvgg4j.rewrite.FusionResult;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.rewrite.RegionOutcome;
import io.github.repvgg4j.rewrite.bounds.RoundingBounds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;

/** Holds a certificate against networks. Each check gives its faults, one line each. */
public final class CertificateCheck {

  private final Certificate certificate;

  public CertificateCheck(Certificate certificate) {
    this.certificate = certificate;
  }

  /** Whether the fused network is the one that was certified, kernel by kernel. */
  public List<String> againstFused(Model fused) {
    List<String> faults = new ArrayList<>();
    for (RegionProof region : certificate.regions()) {
      Layer layer = Certifier.layer(fused, region.name());
      if (layer == null) {
        faults.add(region.name() + ": certified, but not in the network");
      } else if (!ModelHash.of(layer.paramTable()).equals(region.kernelHash())) {
        faults.add(region.name() + ": its kernel was altered after it was certified");
      }
    }
    if (faults.isEmpty() && !ModelHash.of(fused).equals(certificate.fusedHash())) {
      faults.add(
          "network: a layer that was not fused, or the configuration, was altered after it was"
              + " certified");
    }
    if (certificate.verdict() == Certificate.Verdict.EXCEEDED) {
      faults.add("certificate: a measured difference exceeds its bound");
    }
    return faults;
  }

  /**
   * Whether the certified network follows from this original: its hash, and every kernel, fused
   * again and compared bit for bit.
   */
  public List<String> againstOriginal(Model original) {
    FuseOptions options = certificate.options();
    List<String> faults = new ArrayList<>();
    if (!ModelHash.of(original).equals(certificate.sourceHash())) {
      faults.add("the training form is not the network that was fused: its hash differs");
    }
    FusionResult again = GraphFuser.fuse(original, options);
    Map<String, RegionOutcome.Fused> regions =
        again.fused().stream().collect(Collectors.toMap(RegionOutcome.Fused::name, fused -> fused));
    for (RegionProof region : certificate.regions()) {
      RegionOutcome.Fused fused = regions.get(region.name());
      if (fused == null || !fused.members().equals(region.members())) {
        faults.add(region.name() + ": fusing the training form again does not give this region");
        continue;
      }
      Layer layer = Certifier.layer(again.network(), region.name());
      if (!ModelHash.of(layer.paramTable()).equals(region.kernelHash())) {
        faults.add(region.name() + ": fusing the training form again gives another kernel");
      }
    }
    if (faults.isEmpty() && certificate.inputs().isEmpty()) {
      boundsAgain(original, again, options, faults);
    }
    return faults;
  }

  private void boundsAgain(
      Model original, FusionResult again, FuseOptions options, List<String> faults) {
    Map<String, RoundingBounds.Bound> bounds =
        new RoundingBounds(original, options).of(again, Map.of());
    for (RegionProof region : certificate.regions()) {
      double bound = bounds.get(region.name()).proven();
      if (bound != region.provenBound()) {
        faults.add(
            region.name()
                + ": certified bound "
                + region.provenBound()
                + ", computed again "
                + bound);
      }
    }
  }
}
