/**
 * Answers from a loaded model of either form: logits for arrays, labels for images, figures for a
 * labelled folder.
 */
package io.github.repvgg4j.deploy.predict;
