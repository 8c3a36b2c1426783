package io.github.repvgg4j.deploy.convert;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.QuantizedEntries;
import io.github.repvgg4j.archive.quantized.QuantizedModel;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.onednn.Cpu;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.proof.Certificate;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.OneDnnUnavailableException;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.runtime.check.SelfCheckReport;
import io.github.repvgg4j.runtime.source.ZipSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The integers of an INT8 zip held against its float32 weights, its certificate, and the plain Java
 * integer reference.
 *
 * @param model what the file holds
 * @param check the fast runtime beside the reference, all codes of it; empty where this machine
 *     cannot run it
 * @param unchecked why not; empty where it was
 * @param faults one line each
 */
public record IntegerVerification(
    QuantizedModel model, Optional<SelfCheckReport> check, String unchecked, List<String> faults) {

  public IntegerVerification {
    faults = List.copyOf(faults);
  }

  /**
   * Empty where a zip has none.
   *
   * @throws ArchiveException one line, where the entries are damaged or do not belong together
   */
  static Optional<IntegerVerification> of(SafeZip zip, Certificate certificate) throws IOException {
    Optional<QuantizedModel> model = new ZipSource(zip).quantizedModel();
    if (model.isEmpty()) {
      return Optional.empty();
    }
    List<String> faults = new ArrayList<>();
    if (!certificate.integers().equals(Optional.of(QuantizedEntries.hash(zip)))) {
      faults.add(
          QuantizedEntries.DESCRIPTION
              + (certificate.integers().isEmpty()
                  ? ": is not in the certificate; quantize the fast zip again"
                  : ": was altered after it was certified"));
    }
    return Optional.of(run(zip.path(), model.get(), faults));
  }

  private static IntegerVerification run(Path file, QuantizedModel model, List<String> faults)
      throws IOException {
    if (model.network().weightLimit() == QuantizedNetwork.FULL_RANGE && Cpu.saturates()) {
      return new IntegerVerification(
          model,
          Optional.empty(),
          "this CPU, without VNNI, cannot compute weights within \u00b1127 exactly",
          faults);
    }
    RuntimeOptions options = RuntimeOptions.of(Precision.INT8).selfCheck(SelfCheck.REFERENCE);
    try (FastNetwork network = FastNetwork.load(file, options)) {
      return new IntegerVerification(model, network.selfCheck(), "", faults);
    } catch (OneDnnUnavailableException e) {
      return new IntegerVerification(model, Optional.empty(), e.reason(), faults);
    } catch (IllegalStateException e) {
      faults.add("INT8: " + e.getMessage().replace(file + ": ", ""));
      return new IntegerVerification(model, Optional.empty(), "", faults);
    }
  }
}
