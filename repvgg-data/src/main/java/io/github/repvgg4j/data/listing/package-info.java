/**
 * The one rule for what is a class and what is an image, for training, evaluation and prediction,
 * on a disk, in a zip and on a cluster. Start at {@link
 * io.github.repvgg4j.data.listing.DataSetListing}; docs/images-and-folders.md says the rules in
 * words.
 */
package io.github.repvgg4j.data.listing;
