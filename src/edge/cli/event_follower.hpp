// Follows the server's events for a command that runs until Ctrl-C: one stream, opened again after
// it broke, where it broke.
//
// Events come to the command one at a time, on its own thread and in order, each once; while it is
// busy with one, the next few hundred wait here, and then the server has to. Says on standard error
// when the connection is lost and when it is back. It remembers its place by the last event that
// came; before the first one, by the server's own time at which it began, so nothing falls between.
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "edge/cli/connection.hpp"
#include "edge/cli/envelope.hpp"

namespace dialplane::cli {

struct followed_event {
  std::string id, type;
  std::string text;            // the envelope as the server sent it, one line of JSON
  boost::json::object whole;   // the same, read: id, event, data, ts
  boost::json::object data() const;
  std::int64_t unix_ms() const;
};

struct follow_wish {
  std::string types;                 // comma-separated; empty: all
  std::optional<std::string> after;  // an event's id
  std::optional<std::string> since;  // a time; used without `after`
};

class event_follower {
 public:
  // Refused (not_configured) where the system's certificate authorities cannot be read.
  static result<std::unique_ptr<event_follower>> open(const connection& to, follow_wish wish);
  virtual ~event_follower() = default;

  // Waits for the next event. Nothing: interrupted (edge/cli/interrupts.hpp, which its user sets
  // up), or for good: see failure().
  virtual std::optional<followed_event> next() = 0;
  // Why there will be no more events: no server from the start, or one that refuses.
  virtual const std::optional<command_error>& failure() const = 0;
};

// What a person gave as --since: an event's id, a time, or how long ago ("90s", "10m", "2h", "1d").
// Refused (invalid_input): anything else.
result<follow_wish> read_since(const std::string& text, timestamp now);

}  // namespace dialplane::cli
