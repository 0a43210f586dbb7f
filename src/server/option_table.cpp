#include "server/option_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <vector>

#include "base/money.hpp"
#include "base/object_reader.hpp"
#include "server/agreement_options.hpp"
#include "server/mcp_options.hpp"
#include "server/messaging_options.hpp"

namespace dialplane {

namespace {

result<void> keep_text(std::string& into, std::string_view text) {
  if (text.empty()) return must_be("given");
  if (text.size() > 4096) return must_be("at most 4096 characters long");
  into = text;
  return {};
}

result<void> keep_number(std::int64_t& into, std::string_view text, std::int64_t min,
                         std::int64_t max) {
  TRY_ASSIGN(into, read_whole_number(text, min, max));
  return {};
}

result<void> keep_size(std::size_t& into, std::string_view text, std::int64_t min,
                       std::int64_t max) {
  TRY_ASSIGN(const std::int64_t value, read_whole_number(text, min, max));
  into = static_cast<std::size_t>(value);
  return {};
}

result<void> keep_wait(std::chrono::milliseconds& into, std::string_view text, std::int64_t min,
                       std::int64_t max) {
  TRY_ASSIGN(const std::int64_t value, read_whole_number(text, min, max));
  into = std::chrono::milliseconds(value);
  return {};
}

result<void> keep_switch(bool& into, std::string_view text) {
  TRY_ASSIGN(into, read_switch(text));
  return {};
}

result<void> keep_price(micro_credits& into, std::string_view text) {
  const result<micro_credits> price = parse_credits(text);
  if (!price) return must_be("a number of credits such as 50 or 0.04, at most 6 decimals");
  into = *price;
  return {};
}

result<void> keep_slots(server_settings& into, plan which, std::string_view text) {
  return keep_number(into.rules.slots.slots[static_cast<std::size_t>(which)], text, 0,
                     1'000'000'000);
}

result<void> keep_listen(server_settings& into, std::string_view text) {
  const result<listen_address> address = parse_listen_address(text);
  if (!address) return must_be("an address and a port such as 127.0.0.1:8080 or [::1]:0");
  into.listen = *address;
  return {};
}

result<void> keep_log_format(server_settings& into, std::string_view text) {
  if (text != "text" && text != "json") return must_be("text or json");
  into.format = text == "json" ? log_format::json : log_format::text;
  return {};
}

result<void> keep_log_level(server_settings& into, std::string_view text) {
  static constexpr std::array<std::string_view, 4> names = {"debug", "info", "warn", "error"};
  const auto at = std::ranges::find(names, text);
  if (at == names.end()) return must_be("debug, info, warn or error");
  into.level = static_cast<log_level>(at - names.begin());
  return {};
}

result<void> keep_public_url(server_settings& into, std::string_view text) {
  if (!text.starts_with("http://") && !text.starts_with("https://")) {
    return must_be("a URL that begins with http:// or https://");
  }
  while (text.ends_with('/')) text.remove_suffix(1);
  return keep_text(into.public_url, text);
}

result<void> keep_plan(server_settings& into, std::string_view text) {
  if (!parse_plan(text)) return must_be("free, pro, startup, scale or enterprise");
  into.default_plan = text;
  return {};
}

// "0,200,1000": the wait before each try; the first must be 0.
result<void> keep_schedule(server_settings& into, std::string_view text) {
  constexpr std::size_t most_tries = 20;
  std::vector<std::chrono::milliseconds> waits;
  while (true) {
    const std::size_t comma = text.find(',');
    const auto wait = read_whole_number(text.substr(0, comma), 0, 7 * 24 * 3'600'000);
    if (!wait || waits.size() == most_tries || (waits.empty() && *wait != 0)) {
      return must_be("at most 20 waits in milliseconds such as 0,30000,300000, the first 0");
    }
    waits.emplace_back(*wait);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  into.webhook_waits = std::move(waits);
  return {};
}

// "one=http://127.0.0.1:9401,two=https://…"
result<void> keep_endpoints(named_urls& into, std::string_view text) {
  named_urls read;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view one = text.substr(0, comma);
    const std::size_t equals = one.find('=');
    const bool fits = equals != std::string_view::npos && equals > 0 &&
                      (one.substr(equals + 1).starts_with("http://") ||
                       one.substr(equals + 1).starts_with("https://"));
    if (!fits) return must_be("CARRIER=URL, several of them with commas between");
    read.emplace_back(one.substr(0, equals), one.substr(equals + 1));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  into = std::move(read);
  return {};
}

using settings = server_settings;
using text = std::string_view;
constexpr option_row server_rows[] = {
    {"listen", "ADDRESS:PORT", "Where to listen; port 0 picks a free one (127.0.0.1:8080).",
     &keep_listen},
    {"data_dir", "DIR", "Where everything is kept; one server per directory (./data).",
     [](settings& s, text t) { return keep_text(s.data_dir, t); }},
    {"config", "FILE", "A configuration file in TOML with any of these options (none).",
     [](settings& s, text t) { return keep_text(s.config_file, t); }},
    {"demo", "", "Seed a company and an agent, so that the example requests work as printed.",
     [](settings& s, text t) { return keep_switch(s.demo, t); }},
    {"demo_slots", "N", "With --demo at first start: numbers the organization may hold (10).",
     [](settings& s, text t) {
       s.demo_slots_given = true;
       return keep_number(s.demo_slots, t, 0, 1'000'000'000);
     }},
    {"demo_credits", "N", "With --demo at first start: the credits it begins with (1000).",
     [](settings& s, text t) {
       s.demo_credits_given = true;
       return keep_number(s.demo_credits, t, 0, 1'000'000'000'000);
     }},
    {"behind_proxy", "", "A proxy in front ends TLS; allows plain HTTP beyond loopback.",
     [](settings& s, text t) { return keep_switch(s.behind_proxy, t); }},
    {"tls_cert", "FILE", "Certificate chain in PEM; with --tls-key the server speaks HTTPS.",
     [](settings& s, text t) { return keep_text(s.tls_cert, t); }},
    {"tls_key", "FILE", "Private key in PEM.",
     [](settings& s, text t) { return keep_text(s.tls_key, t); }},
    {"rate_limit", "N", "Requests per key and minute; 0 switches the limit off (300).",
     [](settings& s, text t) { return keep_number(s.rate_limit, t, 0, 1'000'000'000); }},
    {"log_format", "text|json", "Form of the log on standard error (text).", &keep_log_format},
    {"log_level", "LEVEL", "debug, info, warn or error (info).", &keep_log_level},
    {"log_requests", "", "One log line per request (true).",
     [](settings& s, text t) { return keep_switch(s.log_requests, t); }},
    {"io_threads", "N", "Threads that serve connections, 1 to 64 (1).",
     [](settings& s, text t) { return keep_number(s.io_threads, t, 1, 64); }},
    {"master_key_file", "FILE", "Key that seals secrets at rest (DATA-DIR/master.key).",
     [](settings& s, text t) { return keep_text(s.master_key_file, t); }},
    {"public_url", "URL", "Where carriers reach this server (the address it listens on).",
     &keep_public_url},
    {"carriers.endpoints", "CARRIER=URL,...",
     "Where a carrier's API is instead of its own address, for emulators (none).",
     [](settings& s, text t) { return keep_endpoints(s.carrier_endpoints, t); }},
    {"carriers.ask_again_ms", "MS",
     "How often a carrier account that is not well is asked again (600000).",
     [](settings& s, text t) { return keep_wait(s.carrier_ask_again, t, 100, day_ms); }},
    {"default_plan", "PLAN", "Plan of organizations made without one (scale).", &keep_plan},
    {"answer_wait_ms", "MS",
     "How long a request waits for its purchase before it answers pending "
     "(25000).",
     [](settings& s, text t) { return keep_wait(s.rules.result_wait, t, 0, 55'000); }},
    {"purchase_cap_factor", "N",
     "Purchases per key and day: this times the plan's slots; 0 "
     "switches the cap off (3).",
     [](settings& s, text t) { return keep_number(s.rules.purchase_cap_factor, t, 0, 1'000'000); }},
    {"charge_cartesia", "", "Charge credits in the cartesia dialect too (false).",
     [](settings& s, text t) { return keep_switch(s.rules.charge_cartesia_dialect, t); }},
    {"allow_destinations", "CIDR,...",
     "Ranges that webhooks may lead to beside public addresses "
     "(none; with --demo loopback).",
     [](settings& s, text t) -> result<void> {
       TRY_ASSIGN(s.allowed_destinations, parse_ip_ranges(t));
       return {};
     }},
    {"webhooks.schedule_ms", "MS,...",
     "Waits before each try of a delivery, the first 0 (0, 30 s, "
     "5 min, 30 min, 2, 5, 10, 14, 20, 24 h).",
     &keep_schedule},
    {"webhooks.concurrency", "N", "Deliveries tried at once, over all webhooks (256).",
     [](settings& s, text t) { return keep_number(s.webhook_concurrency, t, 1, 1'000); }},
    {"webhooks.answer_timeout_ms", "MS", "For a webhook to answer (15000).",
     [](settings& s, text t) { return keep_wait(s.webhook_answer_timeout, t, 100, 60'000); }},
    {"events.retention_days", "DAYS",
     "How long events and the log of deliveries are kept, 7 to "
     "3650 (30).",
     [](settings& s, text t) -> result<void> {
       TRY_ASSIGN(const std::int64_t days, read_whole_number(t, 7, 3650));
       s.rules.events_kept = std::chrono::hours(24 * days);
       return {};
     }},
    {"approvals.expiry_ms", "MS", "After this an approval can no longer be given (72 hours).",
     [](settings& s, text t) { return keep_wait(s.rules.approval_expiry, t, 1, 365 * day_ms); }},
    {"approvals.bypass_default_user", "", "Agents on the default user are never gated (false).",
     [](settings& s, text t) { return keep_switch(s.rules.approvals_bypass_default_user, t); }},
    {"approvals.agent_keys_may_resolve", "",
     "Agent keys may resolve approvals, never their own "
     "(false).",
     [](settings& s, text t) { return keep_switch(s.rules.agent_keys_may_resolve, t); }},
    {"plans.free", "SLOTS", "Numbers an organization on this plan may hold (1).",
     [](settings& s, text t) { return keep_slots(s, plan::free, t); }},
    {"plans.pro", "SLOTS", "(3)", [](settings& s, text t) { return keep_slots(s, plan::pro, t); }},
    {"plans.startup", "SLOTS", "(5)",
     [](settings& s, text t) { return keep_slots(s, plan::startup, t); }},
    {"plans.scale", "SLOTS", "(10)",
     [](settings& s, text t) { return keep_slots(s, plan::scale, t); }},
    {"plans.enterprise", "SLOTS", "(10)",
     [](settings& s, text t) { return keep_slots(s, plan::enterprise, t); }},
    {"prices.starting_balance", "CREDITS", "What a new organization begins with (1000).",
     [](settings& s, text t) { return keep_price(s.rules.prices.starting_balance, t); }},
    {"prices.registration", "CREDITS",
     "A company's registration with its first number, brand and "
     "campaign together: sets the next two (46).",
     [](settings& s, text t) -> result<void> {
       micro_credits total;
       TRY(keep_price(total, t));
       set_registration(s.rules.prices, total);
       return {};
     }},
    {"prices.brand_registration", "CREDITS", "The filing of its brand (8).",
     [](settings& s, text t) { return keep_price(s.rules.prices.brand_registration, t); }},
    {"prices.campaign_registration", "CREDITS",
     "Its first campaign or toll-free verification (38).",
     [](settings& s, text t) { return keep_price(s.rules.prices.campaign_registration, t); }},
    {"prices.further_campaign_registration", "CREDITS",
     "A later campaign, of another use case (0).",
     [](settings& s, text t) {
       return keep_price(s.rules.prices.further_campaign_registration, t);
     }},
    {"prices.toll_free_verification", "CREDITS",
     "The verification of a later toll-free number (0).",
     [](settings& s, text t) { return keep_price(s.rules.prices.toll_free_verification, t); }},
    {"prices.campaign_resubmission", "CREDITS",
     "A rejected campaign, corrected and filed again (0).",
     [](settings& s, text t) { return keep_price(s.rules.prices.campaign_resubmission, t); }},
    {"prices.monthly_local", "CREDITS",
     "Each month of a local number, the first included; 0: free (4).",
     [](settings& s, text t) { return keep_price(s.rules.prices.monthly_local, t); }},
    {"prices.monthly_toll_free", "CREDITS", "Each month of a toll-free number (8).",
     [](settings& s, text t) { return keep_price(s.rules.prices.monthly_toll_free, t); }},
    {"purchase.order", "preference|price",
     "Which carrier account sells, where several have a fitting number (preference).",
     [](settings& s, text t) -> result<void> {
       const auto order = value_named<purchase_order>(t);
       if (!order) return must_be("preference or price");
       s.rules.purchases.order = *order;
       return {};
     }},
    {"purchase.quote_ms", "MS", "How long a quote is good (600000).",
     [](settings& s, text t) {
       return keep_wait(s.rules.purchases.quote_good_for, t, 1'000, day_ms);
     }},
    {"purchase.in_flight", "N",
     "Purchases under way at one real carrier account whose own option says nothing (4).",
     [](settings& s, text t) {
       return keep_number(s.rules.purchases.in_flight_max, t, 1, 1'000);
     }},
    {"purchase.search_ms", "MS",
     "How long each carrier account may take when several are searched (8000).",
     [](settings& s, text t) {
       return keep_wait(s.rules.purchases.search_limit, t, 100, 30'000);
     }},
    {"campaign_numbers_max", "N",
     "Numbers on one campaign, beyond which carriers ask for a pool "
     "(49).",
     [](settings& s, text t) {
       return keep_number(s.rules.campaign_numbers_max, t, 1, 1'000'000'000);
     }},
    {"sandbox.code_ms", "MS",
     "Sandbox carrier: how long a code texted to a sole proprietor is good "
     "(600000).",
     [](settings& s, text t) { return keep_number(s.sandbox.code_ms, t, 1, day_ms); }},
    {"sandbox.review_ms", "MS", "Sandbox carrier: how long a campaign is under review (3000).",
     [](settings& s, text t) { return keep_number(s.sandbox.review_ms, t, 0, 7 * day_ms); }},
    {"sandbox.settling_ms", "MS",
     "Sandbox carrier: how late an unanswered purchase may still "
     "happen (2000).",
     [](settings& s, text t) { return keep_number(s.sandbox.settling_ms, t, 0, 600'000); }},
    {"sandbox.release_grace_ms", "MS",
     "Sandbox carrier: how long a release can be taken back (0).",
     [](settings& s, text t) { return keep_number(s.sandbox.release_grace_ms, t, 0, day_ms); }},
    {"sandbox.rest_ms", "MS", "Sandbox carrier: how long a released number rests (3600000).",
     [](settings& s, text t) { return keep_number(s.sandbox.rest_ms, t, 0, 365 * day_ms); }},
    {"sandbox.routing_at_purchase", "",
     "Sandbox carrier: routing comes with the purchase, not in "
     "a call of its own (true).",
     [](settings& s, text t) { return keep_switch(s.sandbox.routing_at_purchase, t); }},
    {"sandbox.answer_timeout_ms", "MS", "Sandbox carrier: when a lost answer is given up (300).",
     [](settings& s, text t) { return keep_number(s.sandbox.answer_timeout_ms, t, 1, 60'000); }},
    {"http.connections", "N", "Connections at a time; more are closed at once (10000).",
     [](settings& s, text t) { return keep_size(s.http.connections, t, 1, 1'000'000); }},
    {"http.head_timeout_ms", "MS", "From a request's first byte to the end of its head (10000).",
     [](settings& s, text t) { return keep_wait(s.http.head_timeout, t, 100, 600'000); }},
    {"http.body_timeout_ms", "MS", "From the end of the head to the end of the body (15000).",
     [](settings& s, text t) { return keep_wait(s.http.body_timeout, t, 100, 600'000); }},
    {"http.idle_timeout_ms", "MS", "Between the requests of a connection (75000).",
     [](settings& s, text t) { return keep_wait(s.http.idle_timeout, t, 100, 3'600'000); }},
    {"http.write_timeout_ms", "MS", "For a client to take an answer (15000).",
     [](settings& s, text t) { return keep_wait(s.http.write_timeout, t, 100, 600'000); }},
};

std::string respelt(std::string_view name, std::string prefix, char joint, bool upper) {
  for (const char c : name) {
    if (c == '.' || c == '_') {
      prefix.push_back(joint);
    } else {
      prefix.push_back(upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    }
  }
  return prefix;
}

}  // namespace

std::span<const option_row> all_options() noexcept {
  static const std::vector<option_row> all = [] {
    std::vector<option_row> joined(std::begin(server_rows), std::end(server_rows));
    const auto more = messaging_option_rows();
    joined.insert(joined.end(), more.begin(), more.end());
    const auto agreeing = agreement_option_rows();
    joined.insert(joined.end(), agreeing.begin(), agreeing.end());
    const auto mcp = mcp_option_rows();
    joined.insert(joined.end(), mcp.begin(), mcp.end());
    return joined;
  }();
  return all;
}

std::string flag_of(const option_row& row) { return respelt(row.name, "--", '-', false); }

std::string variable_of(const option_row& row) {
  return respelt(row.name, "DIALPLANE_", '_', true);
}

std::string nearest_option(std::string_view wrong, std::string (*spelling)(const option_row&)) {
  constexpr std::size_t limit = 4;
  std::string nearest;
  std::size_t least = limit + 1;
  for (const option_row& row : all_options()) {
    std::string candidate = spelling != nullptr ? spelling(row) : std::string(row.name);
    const std::size_t distance = edit_distance(wrong, candidate, limit);
    if (distance < least) {
      least = distance;
      nearest = std::move(candidate);
    }
  }
  return nearest.empty() ? std::string() : " Did you mean " + nearest + "?";
}

result<bool> read_switch(std::string_view given) {
  for (const std::string_view yes : {"true", "1", "yes", "on"}) {
    if (given == yes) return true;
  }
  for (const std::string_view no : {"false", "0", "no", "off"}) {
    if (given == no) return false;
  }
  return must_be("true or false");
}

result<std::int64_t> read_whole_number(std::string_view given, std::int64_t min,
                                       std::int64_t max) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (failure != std::errc{} || end != given.data() + given.size() || value < min || value > max) {
    return must_be("a whole number from " + std::to_string(min) + " to " + std::to_string(max));
  }
  return value;
}

}  // namespace dialplane
