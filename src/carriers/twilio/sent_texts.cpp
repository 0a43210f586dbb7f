#include "carriers/twilio/sent_texts.hpp"

namespace dialplane::twilio {

namespace {

constexpr std::size_t kept_max = 20'000;

}  // namespace

void sent_texts::note_sent(const std::string& id, std::string_view body, timestamp at) {
  const std::lock_guard lock(mutex_);
  const auto [place, is_new] = by_id_.try_emplace(id);
  place->second.body = sha256(body);
  if (!is_new) return;
  place->second.at = at;
  order_.push_back(id);
  if (order_.size() <= kept_max) return;
  const auto oldest = by_id_.find(order_.front());
  if (oldest != by_id_.end()) {
    id_of_sid_.erase(oldest->second.sid);
    by_id_.erase(oldest);
  }
  order_.pop_front();
}

void sent_texts::note_sid(const std::string& id, const std::string& sid) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  found->second.sid = sid;
  id_of_sid_[sid] = id;
}

std::optional<sent_texts::record> sent_texts::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return found->second;
}

bool sent_texts::belongs_to_other(const std::string& sid, const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto owner = id_of_sid_.find(sid);
  return owner != id_of_sid_.end() && owner->second != id;
}

}  // namespace dialplane::twilio
