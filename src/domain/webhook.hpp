// An endpoint that wants to be told of events, a delivery of one event to one endpoint, and each
// try to make it. Rules: naive dialect §10, cartesia dialect "Webhooks".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/event.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

// Whose envelope and headers it gets.
enum class webhook_style { naive, cartesia };
NAMED_ENUM(webhook_style, {webhook_style::naive, "naive"}, {webhook_style::cartesia, "cartesia"});

// Why an endpoint gets nothing any more, until its owner switches it on again.
enum class webhook_off_reason { none, by_owner, gone, failing };
NAMED_ENUM(webhook_off_reason, {webhook_off_reason::none, "none"},
           {webhook_off_reason::by_owner, "by_owner"}, {webhook_off_reason::gone, "gone"},
           {webhook_off_reason::failing, "failing"});

struct webhook_endpoint {
  webhook_endpoint_id id;
  organization_id organization;
  std::optional<user_id> user;    // only this user's events; none: the whole organization's
  std::optional<agent_id> agent;  // this agent's message endpoint
  webhook_style style = webhook_style::naive;
  std::string url;
  std::vector<std::string> event_types;  // "*": all
  std::string sealed_secret;
  std::string sealed_old_secret;         // empty: none
  std::optional<timestamp> old_secret_until;
  std::string secret_hint;               // its last four characters
  std::optional<std::string> display_name;
  std::string version;                   // cartesia: of the wire, as asked at creation
  bool active = true;
  webhook_off_reason off_reason = webhook_off_reason::none;
  std::optional<timestamp> failing_since;  // the first failure since the last success
  std::int64_t since_position = 0;         // events up to there are none of its business
  timestamp created_at;
  timestamp updated_at;

  bool wants(std::string_view type) const;
};

// pending: waits for a try. dead: given up, may be replayed by hand.
enum class delivery_status { pending, delivered, dead };
NAMED_ENUM(delivery_status, {delivery_status::pending, "pending"},
           {delivery_status::delivered, "delivered"}, {delivery_status::dead, "dead"});

struct delivery {
  delivery_id id;
  organization_id organization;
  webhook_endpoint_id endpoint;
  std::int64_t event_position = 0;
  event_id event;
  std::string type;
  std::optional<agent_id> agent;  // on whose behalf: the endpoint is that agent's
  std::int64_t sequence = 0;      // per endpoint, in the order of the events
  delivery_status status = delivery_status::pending;
  std::int64_t attempts = 0;      // tries since the first or since the last replay
  std::int64_t tries = 0;         // all of them
  timestamp next_at;              // while pending
  std::optional<std::int64_t> last_status;  // of the last answer
  std::string last_error;         // of the last try, empty: none
  timestamp created_at;
  std::optional<timestamp> ended_at;
};

struct delivery_attempt {
  delivery_id delivery;
  std::int64_t number = 1;        // over all tries
  timestamp at;
  std::int64_t took_ms = 0;
  std::optional<std::int64_t> status;
  std::string error;              // "timed_out"; empty: a 2xx answer
  std::string answer;             // its first bytes
};

}  // namespace dialplane
