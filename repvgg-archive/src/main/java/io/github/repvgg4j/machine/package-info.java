/**
 * What the programs ask of the machine they run on: its console, its file names, folders that can
 * be written to. Knows no network.
 */
package io.github.repvgg4j.machine;
