/**
 * Networks out of model zips and into them: {@link io.github.repvgg4j.modelzip.ModelZip} builds
 * what {@link io.github.repvgg4j.archive.ModelArchive} opened.
 */
package io.github.repvgg4j.modelzip;
