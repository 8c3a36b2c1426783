package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.quantized.QuantizedModel;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork.Calibration;
import io.github.repvgg4j.text.Count;
import io.github.repvgg4j.text.TextTable;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The integers of an INT8 zip for the eye and for programs. */
final class IntegersView {

  private IntegersView() {}

  static Map<String, Object> json(QuantizedModel model) {
    QuantizedNetwork network = model.network();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("integerLayers", network.layers().size());
    json.put("codedTensors", network.tensors().size());
    json.put("weightLimit", network.weightLimit());
    json.put("bytes", model.integerBytes());
    json.put("lean", model.isLean());
    json.put("floatWeightsSha256", network.floatWeights());
    json.put("calibration", calibration(network.calibration()));
    json.put("report", model.report());
    return json;
  }

  private static Map<String, Object> calibration(Calibration calibration) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("images", calibration.images());
    json.put("sha256", calibration.hash());
    json.put("activations", calibration.activations());
    return json;
  }

  static void rows(QuantizedModel model, TextTable table) {
    QuantizedNetwork network = model.network();
    boolean portable = network.weightLimit() == QuantizedNetwork.PORTABLE;
    table.row(
        "INT8",
        String.format(
            Locale.ROOT,
            "%s in integers, %,d bytes, weights within \u00b1%d (%s)",
            Count.of(network.layers().size(), "layer"),
            model.integerBytes(),
            network.weightLimit(),
            portable ? "exact on every CPU" : "exact with VNNI only"));
    table.row(
        "calibration",
        String.format(
            Locale.ROOT,
            "%s, rule %s, sha256 %s",
            Count.of(network.calibration().images(), "image"),
            network.calibration().activations(),
            network.calibration().hash()));
    table.row(
        "FP32 weights",
        model.isLean() ? "left out (lean): runs with --precision int8 only" : "in the file");
  }
}
