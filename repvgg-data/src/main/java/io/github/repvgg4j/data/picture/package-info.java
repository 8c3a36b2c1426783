/** Images as a person looks at them: as PNG, side by side with a map of what a network saw. */
package io.github.repvgg4j.data.picture;
