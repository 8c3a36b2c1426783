/**
 * From logits to what a network answers, in plain Java: the one place for it, whichever engine
 * computed the logits. Start at {@link io.github.repvgg4j.answer.AnswerFunction}.
 */
package io.github.repvgg4j.answer;
