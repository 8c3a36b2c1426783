/** What the tests of all modules share: named tolerances, randomised statistics. */
package io.github.repvgg4j.testkit;
