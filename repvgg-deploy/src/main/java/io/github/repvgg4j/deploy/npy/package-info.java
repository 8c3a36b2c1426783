/**
 * NumPy's {@code .npy} files of float32, read and written piece by piece: a file may be larger than
 * memory. Format: NEP 1 and {@code numpy/lib/format.py}, versions 1.0 to 3.0.
 */
package io.github.repvgg4j.deploy.npy;
