/**
 * Helpers for Deeplearning4j's layers that drive oneDNN directly. Deeplearning4j's own helpers go
 * through libnd4j, which converts layouts into fresh memory at each call; these keep primitives and
 * memory from call to call. Internal to {@link io.github.repvgg4j.accelerate.Accelerator}.
 */
package io.github.repvgg4j.accelerate.helper;
