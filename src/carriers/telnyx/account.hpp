// One opened account at Telnyx: its settings, its way to the API, and the little that is
// remembered between calls. Shared by the carrier and the calls under way; used from any loop.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/ed25519.hpp"
#include "carriers/carrier_description.hpp"
#include "carriers/telnyx/api.hpp"

namespace dialplane::telnyx {

class routing_targets;

// What was seen or done a moment ago, by key, for as long as it counts. Bounded; any thread.
template <typename Value>
class recent_things {
 public:
  recent_things(const clock& time, std::chrono::milliseconds lasts, std::size_t most)
      : time_(time), lasts_(lasts), most_(most) {}

  void keep(const std::string& key, Value value) {
    const std::lock_guard lock(mutex_);
    if (things_.size() >= most_) drop_old();
    things_.insert_or_assign(key, std::pair(time_.now(), std::move(value)));
  }
  std::optional<Value> find(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = things_.find(key);
    if (found == things_.end() || time_.now() - found->second.first > lasts_) return std::nullopt;
    return found->second.second;
  }
  void forget(const std::string& key) {
    const std::lock_guard lock(mutex_);
    things_.erase(key);
  }

 private:
  void drop_old() {
    std::erase_if(things_, [&](const auto& each) {
      return time_.now() - each.second.first > lasts_;
    });
    if (things_.size() >= most_) things_.clear();
  }

  const clock& time_;
  const std::chrono::milliseconds lasts_;
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::map<std::string, std::pair<timestamp, Value>> things_;
};

struct account {
  account(const carrier_description& described, const carrier_tools& tools,
          carrier_account_settings settings, api_settings access);
  ~account();

  carrier_abilities abilities;
  const std::string public_url;
  const std::string installation;
  const std::string pinned_profile;      // option messaging_profile_id
  const std::string pinned_application;  // option texml_application_id or connection_id
  ed25519_public_key webhook_key{};
  const clock& time;
  api requests;
  // Webhook address by id of a messaging profile or a TeXML application.
  recent_things<std::string> target_urls;
  recent_things<bool> releases;          // numbers given back by us
  std::unique_ptr<routing_targets> targets;

  // Where Telnyx reports on a filing or a text; `question` is put behind the '?'.
  std::string report_url(std::string_view question) const;
};

error account_is_gone();

}  // namespace dialplane::telnyx
