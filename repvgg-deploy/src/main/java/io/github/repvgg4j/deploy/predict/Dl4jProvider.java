package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.runtime.image.ImageNetwork;
import io.github.repvgg4j.runtime.image.ImageNetworkProvider;
import java.io.IOException;
import java.nio.file.Path;

/** Deeplearning4j for servers, where the fast runtime lacks a layer or can't be loaded. */
public final class Dl4jProvider implements ImageNetworkProvider {

  @Override
  public String name() {
    return "deeplearning4j";
  }

  @Override
  public ImageNetwork load(Path zip) throws IOException {
    OpenModel model = OpenModel.load(zip);
    int outputs = model.engine().heads().size();
    if (outputs != 1) {
      model.close();
      throw new ArchiveException(zip + ": has " + outputs + " outputs, and one can be served");
    }
    return new EngineNetwork(model.engine());
  }
}
