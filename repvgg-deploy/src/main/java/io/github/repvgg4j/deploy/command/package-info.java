/**
 * One class a command. A new one implements {@code Callable<Integer>}, throws what goes wrong (one
 * line, {@link io.github.repvgg4j.deploy.command.ErrorLine}) and is named in {@link
 * io.github.repvgg4j.deploy.command.RepVggDeploy}.
 */
package io.github.repvgg4j.deploy.command;
