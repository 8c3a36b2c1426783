/**
 * What a run leaves on disk: configuration, metrics, checkpoints, model, curves, log. Each file is
 * written under another name first.
 */
package io.github.repvgg4j.train.run;
