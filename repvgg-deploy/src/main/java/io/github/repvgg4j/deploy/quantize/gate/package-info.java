/** What quantising costs in accuracy, and whether that is known well enough. */
package io.github.repvgg4j.deploy.quantize.gate;
