package io.github.repvgg4j.deploy.convert;

import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.QuantizedEntries;
import io.github.repvgg4j.deploy.convert.ConvertOptions.Comparison;
import io.github.repvgg4j.model.input.NetworkInput;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZip.LoadedModel;
import io.github.repvgg4j.proof.Certificate;
import io.github.repvgg4j.proof.Certificate.RegionProof;
import io.github.repvgg4j.proof.CertificateCheck;
import io.github.repvgg4j.proof.CertificateJson;
import io.github.repvgg4j.proof.Certifier;
import io.github.repvgg4j.proof.TrainingForm;
import io.github.repvgg4j.rewrite.FusionResult;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Holds a fast zip against its certificate, and against its training form where that is at hand.
 *
 * @param certificate as it stands in the zip
 * @param measuredAgain the same, computed now; empty without a training form
 * @param runtime the recorded logits, and the fast runtime's
 * @param integers of an INT8 zip
 * @param faults one line each; none for a fast zip that is what it says
 */
public record Verification(
    Certificate certificate,
    Optional<Certificate> measuredAgain,
    RuntimeVerification runtime,
    Optional<IntegerVerification> integers,
    List<String> faults) {

  /** Bounds computed on another machine differ by the rounding of its activations. */
  private static final double SAME_BOUND = 0.01;

  public Verification {
    faults = List.copyOf(faults);
  }

  /**
   * Verifies.
   *
   * @throws IOException one line, also where the certificate is missing or damaged
   */
  public static Verification of(Path fastZip, VerifyOptions options) throws IOException {
    Certificate certificate = certificate(fastZip);
    Optional<IntegerVerification> integers;
    try (SafeZip zip = ModelArchive.open(fastZip)) {
      integers = IntegerVerification.of(zip, certificate);
    }
    if (integers.isPresent() && integers.get().model().isLean()) {
      return lean(fastZip, certificate, integers.get(), options);
    }
    List<LoadedModel> originals = originals(fastZip, options);
    LoadedModel fast = ModelZip.load(fastZip);
    CertificateCheck check = new CertificateCheck(certificate);
    List<String> faults = new ArrayList<>(check.againstFused(fast.network()));
    for (LoadedModel original : originals) {
      faults.addAll(check.againstOriginal(original.network()));
      MetadataCheck.fault(fast.metadata(), original.metadata()).ifPresent(faults::add);
    }
    Optional<Certificate> again = Optional.empty();
    if (faults.isEmpty() && !originals.isEmpty()) {
      again = measureAgain(originals.get(0), fast, options.data(), certificate);
      again.ifPresent(now -> compare(certificate, now, faults));
    }
    RuntimeVerification runtime = RuntimeVerification.of(fastZip, fast, options.bounds());
    faults.addAll(runtime.faults());
    integers.ifPresent(it -> faults.addAll(it.faults()));
    return new Verification(certificate, again, runtime, integers, faults);
  }

  /** The training form that was named, and the one that is kept in the fast zip. */
  private static List<LoadedModel> originals(Path fastZip, VerifyOptions options)
      throws IOException {
    List<LoadedModel> originals = new ArrayList<>();
    if (options.against().isPresent()) {
      originals.add(ModelZip.load(options.against().get()));
    }
    TrainingForm.load(fastZip).ifPresent(originals::add);
    if (options.data().isPresent() && originals.isEmpty()) {
      throw new IOException(
          fastZip
              + ": --data measures against the training form, which is not kept in the file; name it"
              + " with --against");
    }
    return originals;
  }

  /** Only integers are there to be checked. */
  private static Verification lean(
      Path fastZip, Certificate certificate, IntegerVerification integers, VerifyOptions options)
      throws IOException {
    if (options.against().isPresent() || options.data().isPresent()) {
      try (SafeZip zip = ModelArchive.open(fastZip)) {
        throw QuantizedEntries.leanFault(zip);
      }
    }
    return new Verification(
        certificate,
        Optional.empty(),
        RuntimeVerification.NONE,
        Optional.of(integers),
        integers.faults());
  }

  private static Certificate certificate(Path fastZip) throws IOException {
    try (SafeZip zip = ModelArchive.open(fastZip)) {
      if (!zip.has(Certificate.ENTRY)) {
        throw new IOException(
            ModelZip.readMetadata(fastZip).form() == ModelMetadata.Form.TRAINING
                ? fastZip + ": is a training form; verify takes the fast form that convert writes"
                : fastZip + ": has no certificate; convert its training form again");
      }
      return CertificateJson.read(zip.read(Certificate.ENTRY));
    } catch (IOException e) {
      String message = e.getMessage();
      throw message.startsWith(fastZip.toString())
          ? e
          : new IOException(fastZip + ": " + message, e);
    }
  }

  private static Optional<Certificate> measureAgain(
      LoadedModel original, LoadedModel fast, Optional<Path> data, Certificate certificate)
      throws IOException {
    Optional<NetworkInput> input = input(original, fast, certificate);
    if (input.isEmpty()) {
      return Optional.empty();
    }
    int images = certificate.inputs().map(in -> Math.toIntExact(in.shape().get(0))).orElse(1);
    Comparison comparison = new Comparison(data, Optional.of(input.get().shape()), images, 1, 0);
    ComparisonInputs inputs =
        data.isPresent()
            ? ComparisonInputs.choose(data.get(), original, comparison)
            : ComparisonInputs.random(input.get(), images);
    Model network = original.network();
    INDArray values = CertifiedImages.of(inputs, network);
    FusionResult fusion = GraphFuser.fuse(network, certificate.options());
    return Optional.of(
        new Certifier(network, fusion, certificate.options())
            .measuredOn(certificate.engineVersion(), inputs.description(), values));
  }

  /** What the file says, or what it was measured on; empty where it was not measured. */
  private static Optional<NetworkInput> input(
      LoadedModel original, LoadedModel fast, Certificate certificate) {
    Optional<InputShape> stated = fast.metadata().spec().map(RepVggSpec::input);
    return stated.isPresent()
        ? Optional.of(NetworkInput.of(original.network(), stated))
        : certificate
            .inputs()
            .map(Certificate.Inputs::shape)
            .filter(shape -> shape.size() == 4)
            .map(shape -> NetworkInput.ofArray(original.network(), shape));
  }

  private static void compare(Certificate then, Certificate now, List<String> faults) {
    boolean sameInputs =
        then.inputs().map(Certificate.Inputs::hash).equals(now.inputs().map(i -> i.hash()));
    for (int i = 0; i < now.regions().size(); i++) {
      RegionProof before = then.regions().get(i);
      RegionProof after = now.regions().get(i);
      if (after.measured().orElse(0.0) > after.provenBound()) {
        faults.add(
            after.name()
                + ": differs by "
                + after.measured().get()
                + ", more than its bound "
                + after.provenBound());
      }
      double change = Math.abs(after.provenBound() - before.provenBound());
      if (sameInputs && !(change <= SAME_BOUND * after.provenBound())) {
        faults.add(
            after.name()
                + ": certified bound "
                + before.provenBound()
                + ", computed again "
                + after.provenBound());
      }
    }
  }
}
