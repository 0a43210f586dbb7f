// What this process has handed to the carrier lately, to recognise a text whose answer was lost.
//
// The carrier keeps no id of ours with a text; its list is searched for the same sender, recipient
// and words. Bodies are kept as hashes. Bounded: the oldest are forgotten. Any thread.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/crypto.hpp"

namespace dialplane::twilio {

class sent_texts {
 public:
  struct record {
    sha256_digest body{};
    timestamp at;
    std::string sid;  // once known
  };

  void note_sent(const std::string& id, std::string_view body, timestamp at);
  void note_sid(const std::string& id, const std::string& sid);
  std::optional<record> find(const std::string& id) const;
  // Is that text of the carrier's known to be another one of ours?
  bool belongs_to_other(const std::string& sid, const std::string& id) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, record> by_id_;
  std::map<std::string, std::string> id_of_sid_;
  std::deque<std::string> order_;
};

}  // namespace dialplane::twilio
