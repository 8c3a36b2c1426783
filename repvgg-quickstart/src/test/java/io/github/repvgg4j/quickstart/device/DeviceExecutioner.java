package io.github.repvgg4j.quickstart.device;

import java.util.Properties;
import org.nd4j.linalg.cpu.nativecpu.ops.NativeOpExecutioner;

/** Computes on the CPU and says that it is CUDA, so that the ways of a CUDA build are taken. */
public final class DeviceExecutioner extends NativeOpExecutioner {

  @Override
  public ExecutionerType type() {
    return ExecutionerType.CUDA;
  }

  @Override
  public Properties getEnvironmentInformation() {
    Properties information = super.getEnvironmentInformation();
    information.put("backend", type().name());
    return information;
  }
}
