#include "server/messaging_options.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "domain/destinations.hpp"
#include "domain/embedded_tables.hpp"
#include "domain/rule_tables.hpp"

namespace dialplane {

namespace {

using settings = server_settings;
using text = std::string_view;

constexpr std::size_t rule_file_bytes_max = 1024 * 1024;

template <typename Enum>
result<void> keep_choice(Enum& into, text given, std::string_view words) {
  const auto value = value_named<Enum>(given);
  if (!value) return must_be(std::string(words));
  into = *value;
  return {};
}

result<void> keep_segment_rule(settings& s, text given) {
  if (given != "parts" && given != "flat160") return must_be("parts or flat160");
  s.rules.messaging.segments =
      given == "flat160" ? segment_rule::flat160 : segment_rule::parts;
  return {};
}

result<void> keep_countries(settings& s, text given) {
  std::vector<std::string> countries;
  for (const std::string_view each : split_text(given, ',')) {
    if (!is_country_entry(each)) {
      return must_be("countries within +1 and calling codes elsewhere, such as US,CA,+44");
    }
    countries.emplace_back(each);
  }
  s.rules.messaging.countries = std::move(countries);
  return {};
}

// What an agent may, a key without an agent may as well, and no more.
template <cap_scope Scope, std::int64_t cap_limits::*Limit>
result<void> keep_cap(settings& s, text given) {
  TRY_ASSIGN(const std::int64_t most, read_whole_number(given, 0, 1'000'000'000));
  send_caps& caps = s.rules.messaging.caps;
  caps.of(Scope).*Limit = most;
  if (Scope == cap_scope::agent) caps.of(cap_scope::key).*Limit = most;
  return {};
}

template <cap_scope Scope>
result<void> keep_credit_cap(settings& s, text given) {
  const result<micro_credits> most = parse_credits(given);
  if (!most) return must_be("a number of credits such as 40 or 0.5, 0 for no cap");
  send_caps& caps = s.rules.messaging.caps;
  caps.of(Scope).credits_per_day = *most;
  if (Scope == cap_scope::agent) caps.of(cap_scope::key).credits_per_day = *most;
  return {};
}

#define CAP_ROWS(scope, minute, day, credits, recipients)                                        \
  {"messaging.caps." #scope "_texts_per_minute", "N", "Texts per minute of one " #scope          \
   "; 0: no cap (" minute ").",                                                                  \
   &keep_cap<cap_scope::scope, &cap_limits::texts_per_minute>},                                  \
      {"messaging.caps." #scope "_texts_per_day", "N", "Texts per day (UTC) of one " #scope      \
       "; 0: no cap (" day ").",                                                                 \
       &keep_cap<cap_scope::scope, &cap_limits::texts_per_day>},                                 \
      {"messaging.caps." #scope "_credits_per_day", "CREDITS", "What texts of one " #scope       \
       " may cost per day (UTC); 0: no cap (" credits ").",                                      \
       &keep_credit_cap<cap_scope::scope>},                                                      \
  {                                                                                              \
    "messaging.caps." #scope "_new_recipients_per_hour", "N",                                    \
        "People first texted per hour, of one " #scope "; 0: no cap (" recipients ").",          \
        &keep_cap<cap_scope::scope, &cap_limits::new_recipients_per_hour>                        \
  }

constexpr option_row messaging_rows[] = {
    {"destinations.countries", "LIST",
     "Where texts may go: countries within +1 and calling codes, "
     "such as US,CA,+44 (US).",
     &keep_countries},
    {"messaging.segments", "parts|flat160",
     "What is billed: real parts, or 160 characters each "
     "(parts).",
     &keep_segment_rule},
    {"messaging.segments_max", "N", "Longest text in segments, 1 to 10 (10).",
     [](settings& s, text t) -> result<void> {
       TRY_ASSIGN(s.rules.messaging.segments_max, read_whole_number(t, 1, 10));
       return {};
     }},
    {"messaging.opt_out_scope", "user|campaign|number", "How far one person's STOP reaches (user).",
     [](settings& s, text t) {
       return keep_choice(s.rules.messaging.opt_outs, t, "user, campaign or number");
     }},
    {"messaging.free_text_blocks", "",
     "A text that looks like a revocation blocks until an "
     "operator looks at it (true).",
     [](settings& s, text t) -> result<void> {
       TRY_ASSIGN(s.rules.messaging.free_text_blocks, read_switch(t));
       return {};
     }},
    {"messaging.consent", "off|marketing|all",
     "Which first texts need consent on record "
     "(marketing).",
     [](settings& s, text t) {
       return keep_choice(s.rules.messaging.consent, t, "off, marketing or all");
     }},
    {"messaging.quiet_hours", "", "Marketing texts wait for the recipient's day (true).",
     [](settings& s, text t) -> result<void> {
       TRY_ASSIGN(s.rules.messaging.quiet_hours, read_switch(t));
       return {};
     }},
    {"messaging.throughput_class", "NAME", "A row of throughput_classes.csv (low_volume).",
     [](settings& s, text t) -> result<void> {
       s.rules.messaging.throughput = t;
       return {};
     }},
    {"messaging.refund_failed_texts", "",
     "Credits of a text that the carrier took and then reports "
     "as failed come back (false).",
     [](settings& s, text t) -> result<void> {
       TRY_ASSIGN(s.rules.refund_failed_texts, read_switch(t));
       return {};
     }},
    {"messaging.rules_dir", "DIR",
     "Rule tables of your own; files named as in share/ replace the "
     "built-in ones (none).",
     [](settings& s, text t) -> result<void> {
       if (t.empty() || t.size() > 4096) return must_be("a directory");
       s.rules_dir = t;
       return {};
     }},
    CAP_ROWS(organization, "300", "10000", "400", "500"),
    CAP_ROWS(user, "120", "4000", "160", "200"),
    CAP_ROWS(agent, "60", "1000", "40", "100"),
    CAP_ROWS(number, "60", "2000", "80", "100"),
    CAP_ROWS(prefix, "60", "2000", "80", "100"),
};

#undef CAP_ROWS

error unreadable(const std::filesystem::path& file) {
  return refused(error_code::invalid_input, "The rule table " + file.string() + " cannot be read.");
}

// The file in the folder, where there is one, in place of `into`.
result<void> replace_file(const std::filesystem::path& folder, rule_file& into) {
  const std::filesystem::path path = folder / into.name;
  std::error_code failure;
  if (!std::filesystem::exists(path, failure)) return {};
  std::ifstream file(path, std::ios::binary);
  if (!file) return unreadable(path);
  std::string content(rule_file_bytes_max + 1, '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad() || content.size() > rule_file_bytes_max) return unreadable(path);
  into.text = std::move(content);
  return {};
}

}  // namespace

std::span<const option_row> messaging_option_rows() noexcept { return messaging_rows; }

result<void> apply_rule_tables(server_settings& into) {
  messaging_rules& rules = into.rules.messaging;
  if (!into.rules_dir.empty()) {
    std::error_code failure;
    if (!std::filesystem::is_directory(into.rules_dir, failure)) {
      return refused(error_code::invalid_input,
                     "messaging.rules_dir names no directory: " + into.rules_dir + ".");
    }
    std::vector<rule_file> files = built_in_rule_files();
    for (rule_file& each : files) TRY(replace_file(into.rules_dir, each));
    TRY_ASSIGN(rules.tables, read_rule_tables(files));
  }
  if (rules.tables->throughput.find(rules.throughput) == nullptr) {
    return refused(error_code::invalid_input,
                   "messaging.throughput_class must name a row of throughput_classes.csv, not \"" +
                       rules.throughput + "\".");
  }
  return {};
}

}  // namespace dialplane
