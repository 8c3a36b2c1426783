package io.github.repvgg4j.cuda.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.cuda.device.DeviceEvent;
import io.github.repvgg4j.cuda.device.DeviceMemory;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.device.PinnedMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the judge of lifetimes and order refuses. */
class JavaDeviceTest {

  private final JavaDevice device = new JavaDevice();
  private final PinnedMemory pinned = device.pin(4);
  private final DeviceMemory memory = device.allocate(NumberFormat.FLOAT32, 4);
  private final DeviceEvent event = device.newEvent();

  @Test
  void whatWaitsIsAllowed() {
    pinned.write(0, new float[] {1, 2, 3, 4});
    device.upload(device.copying(), pinned, memory.all());
    device.record(event, device.copying());
    device.await(device.computing(), event);
    device.vectors().scale(2, memory.all());
    device.download(device.computing(), memory.all(), pinned);
    device.record(event, device.computing());
    device.synchronize(event);
    assertThat(pinned.read(4)).containsExactly(2, 4, 6, 8);
    memory.close();
    pinned.close();
    event.close();
    device.close();
  }

  @Test
  void copiesAndWorkMustWaitForEachOther() {
    pinned.write(0, new float[4]);
    device.upload(device.copying(), pinned, memory.all());
    assertThatThrownBy(() -> device.vectors().scale(2, memory.all()))
        .hasMessageContaining("COMPUTING reads device memory of 4 FLOAT32 without waiting");
    device.record(event, device.copying());
    device.await(device.computing(), event);
    device.vectors().scale(2, memory.all());
    assertThatThrownBy(() -> device.upload(device.copying(), pinned, memory.all()))
        .hasMessageContaining("COPYING writes device memory of 4 FLOAT32 without waiting");
  }

  @Test
  void theHostMustWaitBeforeItTouchesWhatIsCopied() {
    device.upload(device.copying(), pinned, memory.all());
    assertThatThrownBy(() -> pinned.write(0, new float[1]))
        .hasMessageContaining("HOST writes pinned memory of 4 without waiting: COPYING reads it");
    device.synchronize(device.copying());
    pinned.write(0, new float[1]);
    device.download(device.copying(), memory.all(), pinned);
    assertThatThrownBy(() -> pinned.read(1))
        .hasMessageContaining("HOST reads pinned memory of 4 without waiting: COPYING wrote it");
  }

  @Test
  void anEventStandsForWhatWasGivenBeforeIt() {
    device.record(event, device.copying());
    device.upload(device.copying(), pinned, memory.all());
    device.await(device.computing(), event);
    assertThatThrownBy(() -> device.vectors().scale(2, memory.all()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void memoryEndsOnceAndAfterItsWork() {
    device.vectors().scale(2, memory.all());
    assertThatThrownBy(memory::close).hasMessageContaining("without waiting");
    device.synchronize(device.computing());
    memory.close();
    assertThatThrownBy(memory::close).hasMessage("device memory is freed twice");
    assertThatThrownBy(() -> device.vectors().scale(2, memory.all()))
        .hasMessage("device memory is used after it was freed");
    pinned.close();
    assertThatThrownBy(() -> pinned.read(1)).hasMessage("pinned memory is used after it was freed");
    event.close();
    assertThatThrownBy(() -> device.synchronize(event))
        .hasMessage("an event is used after it was destroyed");
  }

  @Test
  void aDeviceEndsAfterAllThatItGave() {
    assertThatThrownBy(device::close).hasMessage("3 pieces of the device were not freed");
    assertThatThrownBy(() -> device.newEvent())
        .hasMessage("the device is used after it was closed");
    assertThatThrownBy(() -> device.vectors().scale(2, memory.all()))
        .hasMessage("the device is used after it was closed");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1.00390625, 1",
    "1.01171875, 1.015625",
    "1.0040, 1.0078125",
    "-1.00390625, -1",
    "3.4028235e38, Infinity",
    "NaN, NaN"
  })
  void bfloat16IsTheNearestTiesToEven(float value, float expected) {
    assertThat(Rounding.bfloat16(value)).isEqualTo(Float.valueOf(expected));
    DeviceMemory rough = device.allocate(NumberFormat.BFLOAT16, 1);
    pinned.write(0, new float[] {value});
    device.upload(device.computing(), pinned, memory.span(0, 1));
    device.vectors().convert(memory.span(0, 1), rough.all());
    device.vectors().convert(rough.all(), memory.span(0, 1));
    device.download(device.computing(), memory.span(0, 1), pinned);
    device.synchronize(device.computing());
    assertThat(pinned.read(1)).containsExactly(expected);
  }
}
