#include "server/carrier_descriptions_embedded.hpp"

#define EMBED_DESCRIPTION(label)                                                            \
  asm(".pushsection .rodata\n"                                                              \
      ".global dialplane_carrier_" label "_begin\n"                                         \
      ".global dialplane_carrier_" label "_end\n"                                           \
      "dialplane_carrier_" label "_begin:\n"                                                \
      ".incbin \"" DIALPLANE_SOURCE_DIR "/src/carriers/" label "/carrier.yaml\"\n"          \
      "dialplane_carrier_" label "_end:\n"                                                  \
      ".popsection\n")

EMBED_DESCRIPTION("surge");
EMBED_DESCRIPTION("telnyx");
EMBED_DESCRIPTION("twilio");

extern "C" {
extern const char dialplane_carrier_surge_begin[];
extern const char dialplane_carrier_surge_end[];
extern const char dialplane_carrier_telnyx_begin[];
extern const char dialplane_carrier_telnyx_end[];
extern const char dialplane_carrier_twilio_begin[];
extern const char dialplane_carrier_twilio_end[];
}

namespace dialplane {

namespace {

std::string_view between(const char* begin, const char* end) noexcept {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::string_view surge_description() noexcept {
  return between(dialplane_carrier_surge_begin, dialplane_carrier_surge_end);
}

std::string_view telnyx_description() noexcept {
  return between(dialplane_carrier_telnyx_begin, dialplane_carrier_telnyx_end);
}

std::string_view twilio_description() noexcept {
  return between(dialplane_carrier_twilio_begin, dialplane_carrier_twilio_end);
}

}  // namespace dialplane
