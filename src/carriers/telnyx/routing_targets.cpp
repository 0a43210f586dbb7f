#include "carriers/telnyx/routing_targets.hpp"

#include <utility>

#include "base/check.hpp"
#include "base/crypto.hpp"
#include "carriers/telnyx/account.hpp"
#include "carriers/telnyx/scan.hpp"

namespace dialplane::telnyx {

namespace {

namespace json = boost::json;

struct target_row {
  std::string id;
  std::string name;
  std::string url;
};

// Both kinds of object, which call the same things by other names.
struct target_words {
  std::string_view path;
  std::string_view name;
  std::string_view url;
};

target_words words_for(target_kind kind) {
  if (kind == target_kind::messaging_profile) return {"/messaging_profiles", "name", "webhook_url"};
  return {"/texml_applications", "friendly_name", "voice_url"};
}

result<target_row> read_target(target_kind kind, const json::object& members) {
  const target_words words = words_for(kind);
  answer_reader read(members);
  target_row row{.id = read.required_text("id", 64),
                 .name = read.text(words.name),
                 .url = read.text(words.url, 4'096)};
  TRY(read.finish());
  return row;
}

result<target_row> read_profile(const json::object& members) {
  return read_target(target_kind::messaging_profile, members);
}

result<target_row> read_application(const json::object& members) {
  return read_target(target_kind::texml_application, members);
}

result<target_row> read_one(target_kind kind, const json::object& body) {
  answer_reader read(body);
  const json::object& data = read.object("data");
  TRY(read.finish());
  return read_target(kind, data);
}

std::string memory_key(target_kind kind, std::string_view id) {
  return (kind == target_kind::messaging_profile ? "p " : "a ") + std::string(id);
}

std::string name_for(const account& at, const std::string& url) {
  const sha256_digest digest = sha256(url);
  return "dialplane-" + at.installation + "-" + hex(digest).substr(0, 12);
}

json::object body_for(target_kind kind, const std::string& name, const std::string& url) {
  if (kind == target_kind::messaging_profile) {
    return {{"name", name},
            {"whitelisted_destinations", {"US", "CA"}},
            {"webhook_url", url},
            {"webhook_api_version", "2"},
            {"enabled", true}};
  }
  return {{"friendly_name", name}, {"voice_url", url},       {"voice_method", "post"},
          {"status_callback", url}, {"status_callback_method", "post"}, {"active", true}};
}

class target_search final : public flow<std::string> {
 public:
  target_search(const std::shared_ptr<account>& at, target_kind kind, std::string url,
                carrier_done<std::string> done)
      : flow(at, std::move(done)), kind_(kind), url_(std::move(url)), name_(name_for(*at, url_)) {}

  void run(const std::string& pinned) {
    if (!pinned.empty()) return check_pinned(pinned);
    const target_words words = words_for(kind_);
    const bool is_profile = kind_ == target_kind::messaging_profile;
    scan_order<target_row> order{
        .path = std::string(words.path) + "?" +
                query_part("filter[" + std::string(words.name) + "]", name_),
        .read = is_profile ? &read_profile : &read_application,
        .wanted = [name = name_](const target_row& row) { return row.name == name; },
        .first_is_enough = true};
    scan_list<target_row>(at(), std::move(order), step<std::vector<target_row>>([this](auto rows) {
                            if (rows.empty()) return make();
                            take(rows.front());
                          }));
  }

 private:
  void check_pinned(const std::string& pinned) {
    ask_any({.path = std::string(words_for(kind_).path) + "/" + pinned}, [this](api_answer got) {
      if (got.is_not_found()) {
        return end(bad_field(option_name(), "The carrier has no " + title() + " with this id.",
                             error_code::carrier_account_invalid));
      }
      if (got.failure) return end(*std::move(got.failure));
      const auto row = read_one(kind_, got.body);
      if (!row) return end(unreadable(false, row.error().internal));
      if (row->url == url_) return end(row->id);
      end(bad_field(option_name(),
                    "The " + title() + "'s webhook must be " + url_ + "; it is another.",
                    error_code::carrier_account_invalid));
    });
  }

  void make() {
    ask({.method = "POST",
         .path = std::string(words_for(kind_).path),
         .body = body_for(kind_, name_, url_)},
        [this](json::object body) {
          const auto row = read_one(kind_, body);
          if (!row) return end(unreadable(true, row.error().internal));
          end(row->id);
        });
  }

  // Ours by its name; somebody may have changed where it leads.
  void take(const target_row& row) {
    if (row.url == url_) return end(row.id);
    ask({.method = "PATCH",
         .path = std::string(words_for(kind_).path) + "/" + row.id,
         .body = body_for(kind_, name_, url_)},
        [this, id = row.id](json::object) { end(id); });
  }

  std::string option_name() const {
    return kind_ == target_kind::messaging_profile ? "options.messaging_profile_id"
                                                   : "options.texml_application_id";
  }
  std::string title() const {
    return kind_ == target_kind::messaging_profile ? "messaging profile" : "TeXML application";
  }

  const target_kind kind_;
  const std::string url_;
  const std::string name_;
};

class url_search final : public flow<std::string> {
 public:
  using flow::flow;

  void run(target_kind kind, const std::string& id) {
    ask_any({.path = std::string(words_for(kind).path) + "/" + id},
            [this, kind, id](api_answer got) {
              std::string url;
              if (got.failure && !got.is_not_found()) return end(*std::move(got.failure));
              if (!got.failure) {
                auto row = read_one(kind, got.body);
                if (!row) return end(unreadable(false, row.error().internal));
                url = std::move(row->url);
              }
              if (const auto account = at()) {
                account->target_urls.keep(memory_key(kind, id), url);
              }
              end(std::move(url));
            });
  }
};

}  // namespace

void routing_targets::find_or_make(const std::shared_ptr<account>& at, target_kind kind,
                                   const std::string& url, carrier_done<std::string> done) {
  event_loop* loop = event_loop::current();
  CHECK(loop != nullptr);
  const key which{kind, url};
  std::string known;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(which);
    if (found != entries_.end() && found->second.id.empty()) {
      found->second.waiting.push_back({loop, std::move(done)});
      return;
    }
    if (found != entries_.end()) {
      known = found->second.id;
    } else {
      entries_[which].waiting.push_back({loop, std::move(done)});
    }
  }
  if (!known.empty()) return done(std::move(known));
  const std::string& pinned = kind == target_kind::messaging_profile ? at->pinned_profile
                                                                     : at->pinned_application;
  const std::weak_ptr<account> back = at;
  auto settled = [back, which](result<std::string> outcome) {
    if (const auto account = back.lock()) account->targets->settle(which, outcome);
  };
  std::make_shared<target_search>(at, kind, url, std::move(settled))->run(pinned);
}

routing_targets::~routing_targets() {
  std::vector<key> waiting;
  for (const auto& [which, each] : entries_) waiting.push_back(which);
  for (const key& which : waiting) settle(which, account_is_gone());
}

void routing_targets::settle(const key& which, const result<std::string>& outcome) {
  std::vector<waiter> waiting;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(which);
    if (found == entries_.end()) return;
    waiting = std::move(found->second.waiting);
    if (outcome) {
      found->second.waiting.clear();
      found->second.id = *outcome;
    } else {
      entries_.erase(found);
    }
  }
  for (waiter& each : waiting) {
    if (each.loop == event_loop::current()) {
      each.done(outcome);
      continue;
    }
    each.loop->post([done = std::move(each.done), outcome]() mutable { done(outcome); });
  }
}

void routing_targets::forget(target_kind kind, const std::string& url) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find({kind, url});
  if (found != entries_.end() && !found->second.id.empty()) entries_.erase(found);
}

void target_url(const std::shared_ptr<account>& at, target_kind kind, const std::string& id,
                carrier_done<std::string> done) {
  if (id.empty()) return done(std::string());
  if (auto known = at->target_urls.find(memory_key(kind, id))) return done(*std::move(known));
  std::make_shared<url_search>(at, std::move(done))->run(kind, id);
}

}  // namespace dialplane::telnyx
