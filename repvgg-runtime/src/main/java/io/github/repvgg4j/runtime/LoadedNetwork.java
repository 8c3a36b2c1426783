package io.github.repvgg4j.runtime;

import io.github.repvgg4j.runtime.check.SelfCheckReport;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.plan.OneDnnEngine;
import java.util.Optional;

/**
 * What loading gives.
 *
 * @param selfCheck empty where it was skipped
 */
record LoadedNetwork(OneDnnEngine engine, FastGraph graph, Optional<SelfCheckReport> selfCheck) {}
