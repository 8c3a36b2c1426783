package io.github.repvgg4j.accelerate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.accelerate.BackendStartup.ClassPath;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/** What is said of cards, drivers and libraries, and whether results are looked at. */
class CudaStartTest {

  private static final ClassPath BUILT = new ClassPath(true, true, true);

  private static final CudaProbe A100 =
      CudaProbe.parse(0, "NVIDIA A100-SXM4-40GB, 8.0, 535.104.05\n");

  @Test
  void cardsOutsideTheCompiledCodeAreRefused() {
    CudaProbe probe =
        CudaProbe.parse(
            0,
            "NVIDIA H100 PCIe, 9.0, 535.104\nNVIDIA A100-SXM4-40GB, 8.0, 535.104\n"
                + "NVIDIA L4, 8.9, 550.54\nTesla K40, 3.5, 470.1\n");
    assertThat(probe.cards())
        .extracting(CudaCard::runsNd4jCuda)
        .containsExactly(false, true, true, false);
    assertThat(probe.cards().get(0).verdict()).contains("compute capability 9.0", "no PTX");
    assertThat(probe.mixed().orElseThrow())
        .contains("H100", "CUDA_DEVICE_ORDER=PCI_BUS_ID", "CUDA_VISIBLE_DEVICES=1,2");
    CudaStart.refuseUnsupported(probe);
    CudaProbe hopper = CudaProbe.parse(0, "NVIDIA H100 PCIe, 9.0, 535.104\n");
    assertThat(hopper.mixed()).isEmpty();
    assertThatThrownBy(() -> CudaStart.refuseUnsupported(hopper))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("no PTX");
  }

  @Test
  void aDriverOlderThanCuda11IsRefused() {
    for (String driver : new String[] {"450.80.02", "470.1", "535.104.05", "511.23", "unknown"}) {
      assertThat(new CudaCard("NVIDIA T4", 7.5, driver).runsNd4jCuda()).as(driver).isTrue();
    }
    for (String driver : new String[] {"450.51.06", "390.157", "418.67"}) {
      CudaCard card = new CudaCard("NVIDIA T4", 7.5, driver);
      assertThat(card.runsNd4jCuda()).as(driver).isFalse();
      assertThat(card.verdict()).contains("driver " + driver, "450.80.02 or newer");
    }
  }

  @Test
  void aFailingNvidiaSmiIsNoMissingCard() {
    CudaProbe failed =
        CudaProbe.parse(
            9,
            "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\nMake\n");
    assertThat(failed.text())
        .isEqualTo(
            "nvidia-smi failed: NVIDIA-SMI has failed because it couldn't communicate with the"
                + " NVIDIA driver. (exit code 9)");
    assertThat(CudaProbe.parse(6, "No devices were found\n").text())
        .isEqualTo("nvidia-smi finds no card");
    assertThat(CudaProbe.parse(2, "Field \"compute_cap\" is not a valid field to query.\n").text())
        .contains("too old", "450.80.02");
    assertThat(new CudaProbe.NoDriver().text()).contains("no NVIDIA driver");
  }

  @Test
  void theHiddenLinkErrorIsSaidAndWhatToDoAboutIt() {
    String cudnn = "java.lang.UnsatisfiedLinkError: libcudnn.so.8: cannot open shared object file";
    assertThat(CudaStart.explain(cudnn, BUILT, A100))
        .contains("libcudnn.so.8", "-Pcuda,cuda-redist", "A100", "can run")
        .doesNotContain("\n");
    String driver = "java.lang.UnsatisfiedLinkError: x.so: libcuda.so.1: cannot open shared object";
    assertThat(CudaStart.explain(driver, BUILT, new CudaProbe.NoDriver()))
        .contains("libcuda.so.1", "no NVIDIA driver is installed", "BACKEND_PRIORITY_CPU")
        .doesNotContain("cuda-redist");
    Throwable failure = new ExceptionInInitializerError(new UnsatisfiedLinkError("no jnind4jcuda"));
    assertThat(BackendStartup.explain(failure, BUILT, A100))
        .startsWith(
            "backend: nd4j-cuda can't start (java.lang.UnsatisfiedLinkError: no jnind4jcuda)");
  }

  @Test
  void aProductOfKernelsThatDoNothingIsRefused() {
    assertThat(KnownProduct.fault(KnownProduct::byNd4j)).isEmpty();
    Optional<String> fault = KnownProduct.fault((left, right) -> Nd4j.zeros(2, 2));
    assertThat(fault.orElseThrow()).contains("[0.0, 0.0, 0.0, 0.0]", "[44.0, 128.0, 14.0, -180.0]");
    assertThat(KnownProduct.fault((left, right) -> left.mmul(right))).isPresent();
    assertThatThrownBy(() -> CudaStart.refuseWrong(fault, A100))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("computes wrong");
  }
}
