/**
 * Model zips as files: DL4J's own format plus {@code repvgg.json}. Files are data here, never code:
 * a zip is checked before anything of it is read ({@link io.github.repvgg4j.archive.SafeZip}),
 * nothing is Java-deserialized, and writing is atomic. Start at {@link
 * io.github.repvgg4j.archive.ModelArchive}.
 */
package io.github.repvgg4j.archive;
