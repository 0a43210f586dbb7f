// Reads a stream of server-sent events (text/event-stream) as its bytes come in, whatever their
// rhythm. Rules: WHATWG HTML, "Parsing an event stream".
//
// Knows no socket and no time. The other side may be broken or hostile: lines and events have a
// limit, and text that is not UTF-8 is refused, not repaired, because what is read here is acted
// upon. What was not ended by an empty line is no event, so a connection that breaks within one
// leaves nothing half done: whoever resumes does so after last_event_id().
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dialplane {

struct server_sent_event {
  std::string id;    // the last one that was named, by this event or an earlier one; may be empty
  std::string type;  // "message" where none was named
  std::string data;  // its lines, joined by \n
};

struct event_stream_limits {
  std::size_t line_bytes = 512 * 1024;
  std::size_t event_bytes = 1024 * 1024;  // of one event's data
};

class event_stream_reader {
 public:
  explicit event_stream_reader(event_stream_limits limits = {}) : limits_(limits) {}

  // The events that are complete with these bytes, in order. After a refusal (see complaint())
  // nothing more is read; what came before it is returned.
  std::vector<server_sent_event> consume(std::string_view bytes);

  bool refused() const noexcept { return !complaint_.empty(); }
  const std::string& complaint() const noexcept { return complaint_; }
  // What to resume after: Last-Event-ID. Kept when the stream is opened again with begin_again().
  const std::string& last_event_id() const noexcept { return last_event_id_; }
  // How long the sender wants readers to wait before they come back, if it said so.
  std::optional<std::chrono::milliseconds> retry_after() const noexcept { return retry_after_; }
  // Forgets what was half read; for the next connection.
  void begin_again();

 private:
  void end_of_line(std::vector<server_sent_event>& out);
  void take_field(std::string_view name, std::string_view value);
  void take_data(std::string_view value);

  event_stream_limits limits_;
  std::string line_;
  std::string type_;
  std::string data_;
  std::string named_id_;  // becomes last_event_id_ with the end of its event
  std::string last_event_id_;
  std::string complaint_;
  std::optional<std::chrono::milliseconds> retry_after_;
  bool has_data_ = false;
  bool after_cr_ = false;  // a line feed now belongs to the line before
  bool first_line_ = true;
};

}  // namespace dialplane
