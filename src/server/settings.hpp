// Everything an operator can set, as plain data, and where it comes from.
//
// Each option is known under three spellings of one name: the flag --data-dir, the environment
// variable DIALPLANE_DATA_DIR and the key data_dir of the configuration file (TOML). The flag wins
// over the variable, the variable over the file, the file over the default. Whatever is unknown or
// out of range stops the start with one sentence that says which option and why. The options
// themselves are listed in option_table.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/named_texts.hpp"
#include "base/log.hpp"
#include "domain/business_rules.hpp"
#include "domain/reconcile.hpp"
#include "domain/rental.hpp"
#include "edge/mcp/mcp_settings.hpp"
#include "net/http_server.hpp"
#include "net/ip_address.hpp"

namespace dialplane {

// The pace of the built-in carrier, in milliseconds.
struct sandbox_pace {
  std::int64_t review_ms = 3'000;         // a campaign is decided after this
  std::int64_t code_ms = 600'000;         // a code texted to a sole proprietor is good for this
  std::int64_t settling_ms = 2'000;       // how late an unanswered purchase may still happen
  bool routing_at_purchase = true;        // false: as carriers that take routing afterwards
  std::int64_t release_grace_ms = 0;      // how long a release can be taken back
  std::int64_t rest_ms = 3'600'000;       // before a released number is for sale again
  std::int64_t answer_timeout_ms = 300;   // a lost answer is given up after this
};

using named_urls = std::vector<std::pair<std::string, std::string>>;
// How our books are kept in agreement with carrier accounts.
struct agreement_settings {
  reconcile_policies policies;
  std::chrono::milliseconds interval{24 * 3'600'000};  // 0: only when asked
  bool every_account = false;             // by itself also the sandbox
  bool acts = false;                      // by itself also acts
};

struct server_settings {
  listen_address listen{"127.0.0.1", 8080};
  std::string data_dir = "./data";
  std::string config_file;                // empty: none
  bool demo = false;
  std::int64_t demo_slots = 10;
  std::int64_t demo_credits = 1'000;
  bool behind_proxy = false;              // a proxy in front ends TLS
  std::string tls_cert;
  std::string tls_key;
  std::int64_t rate_limit = 300;          // requests per key and minute; 0: no limit
  log_format format = log_format::text;
  log_level level = log_level::info;
  bool log_requests = true;
  std::int64_t io_threads = 1;
  std::string master_key_file;            // empty: master.key in the data directory
  std::string public_url;                 // where carriers reach this server
  std::string default_plan = "scale";     // of new organizations
  std::string rules_dir;                  // rule tables of the operator's own; empty: none
  business_rules rules;
  sandbox_pace sandbox;
  rental_rules rentals;
  agreement_settings reconcile;
  std::chrono::milliseconds text_sweep_interval{300'000};  // 0: never
  mcp_settings mcp;
  std::string generation_file;            // empty: generation in the data directory
  http_limits http;
  named_urls carrier_endpoints;                // carrier -> where its API is instead of its own
  std::chrono::milliseconds carrier_ask_again{600'000};  // accounts that are not well
  std::vector<ip_range> allowed_destinations;  // of webhooks, beside public addresses
  std::vector<std::chrono::milliseconds> webhook_waits;  // empty: the usual schedule
  std::int64_t webhook_concurrency = 256;
  std::chrono::milliseconds webhook_answer_timeout{15'000};

  // Set by something other than a default?
  bool demo_slots_given = false;
  bool demo_credits_given = false;
};

// The variables of this process that begin with DIALPLANE_.
named_texts dialplane_variables();

// `flags` as spelt on the command line, with their leading dashes. Errors (invalid_input) carry
// one sentence for the operator.
result<server_settings> load_settings(const named_texts& flags, const named_texts& variables);

// What only `serve` asks for: beyond loopback TLS or a proxy, both TLS files or none.
result<void> check_serving(const server_settings& settings);

}  // namespace dialplane
