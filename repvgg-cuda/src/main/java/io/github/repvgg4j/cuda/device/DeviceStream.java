package io.github.repvgg4j.cuda.device;

/** Work that the device does in the order in which it was given; streams run side by side. */
public interface DeviceStream {}
