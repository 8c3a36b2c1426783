/**
 * What a user writes in YAML, read strictly into records: unknown keys, double keys, wrong types
 * and impossible values end with the file, the key and what is allowed. Start at {@link
 * io.github.repvgg4j.train.config.TrainConfig}.
 */
package io.github.repvgg4j.train.config;
