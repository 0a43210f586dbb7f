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

EMBED_DESCRIPTION("surge");

extern "C" {
extern const char dialplane_carrier_surge_begin[];
extern const char dialplane_carrier_surge_end[];
}

namespace dialplane {

std::string_view surge_description() noexcept {
  return {dialplane_carrier_surge_begin,
          static_cast<std::size_t>(dialplane_carrier_surge_end - dialplane_carrier_surge_begin)};
}

}  // namespace dialplane
