/**
 * Regions to convolutions: {@code RegionFusion} computes a kernel in float64, {@code LayerWriter}
 * writes it as a layer of DL4J, {@link io.github.repvgg4j.rewrite.fuse.FusedRegions} puts them in
 * their places.
 */
package io.github.repvgg4j.rewrite.fuse;
