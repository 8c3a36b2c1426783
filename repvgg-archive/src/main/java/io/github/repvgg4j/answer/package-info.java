/**
 * From logits to what a network answers, in plain Java: the one place for it, whichever engine
 * computed the logits. Start at {@link io.github.repvgg4j.answer.AnswerFunction}. And from a logit
 * back to the places of the image that speak for it: {@link io.github.repvgg4j.answer.LinearHead}.
 */
package io.github.repvgg4j.answer;
