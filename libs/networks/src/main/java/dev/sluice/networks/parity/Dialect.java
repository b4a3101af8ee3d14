package dev.sluice.networks.parity;

/**
 * How a reference class's arguments and results are called by the network here. Most have the same
 * names; the exceptions are those of classes with several methods, where one network does what each
 * method does by what it is given.
 */
enum Dialect {
  SAME,

  AUTOENCODER {
    @Override
    String output(ReferenceCall call, String place) {
      return place.replaceFirst("^latent_dist\\.", "");
    }
  },

  VQ_MODEL {
    @Override
    String input(ReferenceCall call, String argument) {
      return argument.equals("h") && call.has("force_not_quantize") ? "h_not_quantized" : argument;
    }

    @Override
    String output(ReferenceCall call, String place) {
      if (call.method().equals("quantize")) {
        return place.equals("0") ? "quantized" : "indices";
      }
      return place.equals("sample") && call.has("force_not_quantize")
          ? "sample_not_quantized"
          : place;
    }
  };

  static Dialect of(String className) {
    return switch (className) {
      case "AutoencoderKL" -> AUTOENCODER;
      case "VQModel" -> VQ_MODEL;
      default -> SAME;
    };
  }

  /** The network's name for an argument. */
  String input(ReferenceCall call, String argument) {
    return argument;
  }

  /** The network's name for a place in the result. */
  String output(ReferenceCall call, String place) {
    return place;
  }
}
