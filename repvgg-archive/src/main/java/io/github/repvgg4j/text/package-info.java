/** Words for people: what several programs print. */
package io.github.repvgg4j.text;
