/**
 * From weights to integers: scales by channel, rounding, and channels brought to like ranges first.
 */
package io.github.repvgg4j.deploy.quantize.weight;
