/**
 * Where images lie on a Hadoop file system, one by one or packed into shards, and how an executor
 * reads one. Start at {@link io.github.repvgg4j.spark.images.ImageSet}.
 */
package io.github.repvgg4j.spark.images;
