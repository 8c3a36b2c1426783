/**
 * From a tensor's numbers on calibration images to the scale of its codes: histograms bounded in
 * memory, and the rules that choose where to clip; and what weights are multiplied with there.
 */
package io.github.repvgg4j.deploy.quantize.scale;
