// The rule tables of share/, as bytes inside the program.
#include "domain/embedded_tables.hpp"

#define EMBED_RULES(table)                                           \
  asm(".pushsection .rodata\n"                                       \
      ".global dialplane_" table "_begin\n"                          \
      ".global dialplane_" table "_end\n"                            \
      "dialplane_" table "_begin:\n"                                 \
      ".incbin \"" DIALPLANE_SOURCE_DIR "/share/" table ".csv\"\n"   \
      "dialplane_" table "_end:\n"                                   \
      ".popsection\n")

EMBED_RULES("sms_keywords");
EMBED_RULES("revocation_phrases");
EMBED_RULES("quiet_hours");
EMBED_RULES("time_zones");
EMBED_RULES("throughput_classes");
EMBED_RULES("refused_prefixes");

extern "C" const char dialplane_sms_keywords_begin[];
extern "C" const char dialplane_sms_keywords_end[];
extern "C" const char dialplane_revocation_phrases_begin[];
extern "C" const char dialplane_revocation_phrases_end[];
extern "C" const char dialplane_quiet_hours_begin[];
extern "C" const char dialplane_quiet_hours_end[];
extern "C" const char dialplane_time_zones_begin[];
extern "C" const char dialplane_time_zones_end[];
extern "C" const char dialplane_throughput_classes_begin[];
extern "C" const char dialplane_throughput_classes_end[];
extern "C" const char dialplane_refused_prefixes_begin[];
extern "C" const char dialplane_refused_prefixes_end[];

namespace dialplane {

std::vector<std::pair<std::string_view, std::string_view>> embedded_rule_tables() {
  return {
      {"sms_keywords.csv", {dialplane_sms_keywords_begin, dialplane_sms_keywords_end}},
      {"revocation_phrases.csv",
       {dialplane_revocation_phrases_begin, dialplane_revocation_phrases_end}},
      {"quiet_hours.csv", {dialplane_quiet_hours_begin, dialplane_quiet_hours_end}},
      {"time_zones.csv", {dialplane_time_zones_begin, dialplane_time_zones_end}},
      {"throughput_classes.csv",
       {dialplane_throughput_classes_begin, dialplane_throughput_classes_end}},
      {"refused_prefixes.csv",
       {dialplane_refused_prefixes_begin, dialplane_refused_prefixes_end}},
  };
}

}  // namespace dialplane
