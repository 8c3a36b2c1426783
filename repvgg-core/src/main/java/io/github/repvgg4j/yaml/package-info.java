/**
 * What a user writes in YAML, read strictly: {@link io.github.repvgg4j.yaml.YamlFile} makes values
 * with line numbers of a file, {@link io.github.repvgg4j.yaml.RecordReader} makes records of them.
 * Every fault is one line: file, key, fault, remedy, line number.
 */
package io.github.repvgg4j.yaml;
