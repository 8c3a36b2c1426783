package io.github.repvgg4j.onednn;

import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;

/** What a primitive reads or writes: a layout at an address that may move. For this module. */
public final class View {

  /** oneDNN's word for "allocate it yourself". */
  static final long ALLOCATE = -1;

  private final dnnl_memory handle = new dnnl_memory();
  private final Address address = new Address();

  /** A pointer to memory of others, which it neither owns nor keeps. */
  private static final class Address extends Pointer {
    private Address at(long place) {
      this.address = place;
      return this;
    }
  }

  /**
   * @param owner frees the view, not what it shows
   * @param place 0 for none yet
   */
  public View(Owned owner, Layout layout, long place) {
    try (PointerScope scope = new PointerScope()) {
      int status =
          dnnl.dnnl_memory_create(handle, layout.describe(), Cpu.engine(), address.at(place));
      OneDnnException.check("memory of " + layout.bytes() + " bytes", status);
    }
    owner.keep(handle, dnnl::dnnl_memory_destroy);
  }

  /** Where the numbers lie. */
  long place() {
    Pointer found = new Pointer() {};
    OneDnnException.check("address", dnnl.dnnl_memory_get_data_handle(handle, found));
    return found.address();
  }

  public void moveTo(long place) {
    OneDnnException.check("address", dnnl.dnnl_memory_set_data_handle(handle, address.at(place)));
  }

  public dnnl_memory handle() {
    return handle;
  }
}
