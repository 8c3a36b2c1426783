/**
 * The device as it is: CUDA 12, cuDNN 9 (its legacy interface) and cuBLAS 12 through JavaCPP. The
 * classes load only where profile {@code cuda12} brought the presets; {@link
 * io.github.repvgg4j.cuda.CudaDevices} finds out.
 */
package io.github.repvgg4j.cuda.cudnn;
