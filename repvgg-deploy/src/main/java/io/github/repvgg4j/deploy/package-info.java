/**
 * The program {@code repvgg-deploy}: from a training zip to a proven fast one, and answers from
 * either. {@link io.github.repvgg4j.deploy.DeployMain} starts it; the commands are in {@code
 * command}, what they do in the packages beside it, usable from Java without the command line.
 */
package io.github.repvgg4j.deploy;
