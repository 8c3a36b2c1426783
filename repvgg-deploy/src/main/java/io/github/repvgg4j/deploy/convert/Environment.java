package io.github.repvgg4j.deploy.convert;

import io.github.repvgg4j.archive.ProjectVersion;
import java.util.Map;
import java.util.TreeMap;

/** Versions and machine, for reports. */
public final class Environment {

  private Environment() {}

  /** By name, sorted. */
  public static Map<String, String> facts() {
    Map<String, String> facts = new TreeMap<>();
    facts.put("repvgg4j", ProjectVersion.number());
    facts.put("deeplearning4j", ProjectVersion.deeplearning4j());
    facts.put("java", Runtime.version().toString());
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    return facts;
  }
}
