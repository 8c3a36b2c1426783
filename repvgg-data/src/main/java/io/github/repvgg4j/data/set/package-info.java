/** Data sets: named images with classes, in folders, zips and manifests, and generated ones. */
package io.github.repvgg4j.data.set;
