package dev.sluice.parity.network;

/**
 * How a reference class's arguments and results are called by the network here. Most have the same
 * names; the exceptions are those of classes with several methods, where one network does what each
 * method does by what it is given.
 */
enum Dialect {
  SAME,

  AUTOENCODER {
    @Override
    String named(ReferenceCall call, String place) {
      return place.replaceFirst("^latent_dist\\.", "");
    }
  },

  VQ_MODEL {
    @Override
    String input(ReferenceCall call, String argument) {
      return argument.equals("h") && call.has("force_not_quantize") ? "h_not_quantized" : argument;
    }

    @Override
    String named(ReferenceCall call, String place) {
      return place.equals("sample") && call.has("force_not_quantize")
          ? "sample_not_quantized"
          : place;
    }
  },

  PRIOR {
    @Override
    String output(ReferenceCall call, String tensor, String place) {
      return place.isEmpty() ? call.method() : place;
    }
  },

  UNCLIP_TEXT_PROJECTION {
    @Override
    String input(ReferenceCall call, String argument) {
      return argument.equals("image_embeddings") && call.has("do_classifier_free_guidance")
          ? "guided_image_embeddings"
          : argument;
    }

    @Override
    String output(ReferenceCall call, String tensor, String place) {
      return place.equals("0") ? "text_encoder_hidden_states" : "additive_clip_time_embeddings";
    }
  };

  static Dialect of(String className) {
    return switch (className) {
      case "AutoencoderKL" -> AUTOENCODER;
      case "PriorTransformer" -> PRIOR;
      case "UnCLIPTextProjModel" -> UNCLIP_TEXT_PROJECTION;
      case "VQModel" -> VQ_MODEL;
      default -> SAME;
    };
  }

  /** The network's name for an argument. */
  String input(ReferenceCall call, String argument) {
    return argument;
  }

  /**
   * The network's name for an output: of the place in the result where it stood, if places have
   * names there; otherwise, as in tuples, the name that the recording gives it.
   *
   * @param tensor the recording's name, {@code out.<name>}
   * @param place such as {@code sample}; {@code 0} in a tuple; empty for the whole result
   */
  String output(ReferenceCall call, String tensor, String place) {
    boolean unnamed = place.isEmpty() || Character.isDigit(place.charAt(0));
    return unnamed ? tensor.replaceFirst("^out\\.", "") : named(call, place);
  }

  /** The network's name for a named place in the result. */
  String named(ReferenceCall call, String place) {
    return place;
  }
}
