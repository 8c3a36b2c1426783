/**
 * Knowledge distillation's other network: its file, what computes it, and its answers where they
 * are kept.
 */
package io.github.repvgg4j.train.teacher;
