/**
 * The CPU backend under CUDA's rules: every float32 array has a copy on the host beside the one
 * that ND4J computes with. ND4J takes the classes of this package by system properties.
 */
package io.github.repvgg4j.quickstart.device;
