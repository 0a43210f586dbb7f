#include "server/carrier_descriptions_embedded.hpp"

#define EMBED_DESCRIPTION(label)                                                            \
  asm(".pushsection .rodata\n"                                                              \
      ".global dialplane_carrier_" label "_begin\n"                                         \
      ".global dialplane_carrier_" label "_end\n"                                           \
      "dialplane_carrier_" label "_begin:\n"                                                \
      ".incbin \"" DIALPLANE_SOURCE_DIR "/src/carriers/" label "/carrier.yaml\"\n"          \
      "dialplane_carrier_" label "_end:\n"                                                  \
      ".popsection\n")

// Per carrier: EMBED_DESCRIPTION("twilio"); the two symbols as extern "C"; the function below.
