#include "carriers/surge/account_book.hpp"

#include <algorithm>

#include "carriers/surge/wire_reading.hpp"
#include "domain/ownership_mark.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::surge {

namespace {

constexpr std::size_t accounts_max = 20'000;
constexpr std::size_t waiters_max = 1'024;
constexpr std::string_view group_prefix = "dpo_";
constexpr std::size_t group_bytes = group_prefix.size() + 22;  // an id in base62

error not_opened(std::string internal) {
  return not_done(error_code::carrier_unavailable,
                  "The customer's account at Surge could not be opened now.",
                  std::move(internal));
}

const surge_account* oldest_of(const std::vector<surge_account>& sorted, std::string_view owner) {
  for (const surge_account& each : sorted) {
    if (each.belongs_to(owner)) return &each;
  }
  return nullptr;
}

}  // namespace

std::string group_of_mark(std::string_view mark) {
  const auto parsed = parse_ownership_mark(mark);
  return parsed ? std::string(group_prefix) + base62_text(parsed->organization.bytes)
                : std::string();
}

std::string account_name(std::string_view owner, std::string_view group, std::string_view more) {
  std::string name(owner);
  if (!group.empty()) name.append(" ").append(group);
  if (!more.empty()) name.append(" ").append(more);
  return name;
}

std::string_view surge_account::group() const noexcept {
  const std::size_t space = name.find(' ');
  if (space == std::string::npos) return {};
  const std::string_view word = std::string_view(name).substr(space + 1, group_bytes);
  const bool ends = space + 1 + group_bytes >= name.size() || name[space + 1 + group_bytes] == ' ';
  return word.size() == group_bytes && word.starts_with(group_prefix) && ends
             ? word
             : std::string_view();
}

bool surge_account::belongs_to(std::string_view owner) const noexcept {
  return !owner.empty() && name.starts_with(owner) &&
         (name.size() == owner.size() || name[owner.size()] == ' ');
}

result<surge_account> read_account(const boost::json::object& answer) {
  surge_account account;
  TRY_ASSIGN(account.id, id_in(answer));
  TRY_ASSIGN(account.name, optional_text_in(answer, "name", text_bytes_max));
  return account;
}

account_book::account_book(std::shared_ptr<api_link> api, const clock& time,
                           std::chrono::milliseconds settling_time, std::string default_account,
                           std::string default_owner, bool follows_another)
    : api_(std::move(api)),
      time_(time),
      settling_time_(settling_time),
      default_account_(std::move(default_account)),
      default_owner_(std::move(default_owner)),
      followed_at_(follows_another ? std::optional(time.now()) : std::nullopt) {}

std::string account_book::owner_or_default(std::string owner) const {
  return owner.empty() ? default_owner_ : owner;
}

std::optional<surge_account> account_book::remembered(const std::string& owner) const {
  if (owner.empty() && !default_account_.empty()) return surge_account{default_account_, ""};
  return by_owner_.find(owner_or_default(owner));
}

void account_book::forget(const std::string& account_id) {
  if (const auto owner = owners_.find(account_id)) by_owner_.forget(*owner);
  distrust_listing();
}

void account_book::remember(const std::string& owner, const surge_account& account) {
  by_owner_.put(owner, account);
  owners_.put(account.id, owner);
}

// ---- listing ----------------------------------------------------------------------------------

struct account_book::listing {
  timestamp asked_at;
  std::uint64_t changes = 0;
  std::vector<surge_account> found;
  accounts_done done;
};

void account_book::all(std::chrono::milliseconds max_age, accounts_done done) {
  std::optional<std::vector<surge_account>> known;
  auto work = std::make_shared<listing>();
  work->asked_at = time_.now();
  {
    const std::lock_guard lock(mutex_);
    if (listed_at_ && work->asked_at - *listed_at_ < max_age) known = listed_;
    work->changes = changes_;
  }
  if (known) return done(*std::move(known));
  work->done = std::move(done);
  list_page(std::move(work), "");
}

void account_book::list_page(std::shared_ptr<listing> work, std::string cursor) {
  std::string path = "/accounts";
  if (!cursor.empty()) path += "?after=" + percent_encoded(cursor);
  api_->read(std::move(path), [self = shared_from_this(), work, cursor](api_result page) {
    if (!page) return work->done(std::move(page).error().what);
    const auto read = [&]() -> result<std::string> {
      TRY_ASSIGN(const boost::json::array* rows, array_in(*page, "data"));
      for (const boost::json::value& row : *rows) {
        if (!row.is_object()) return unreadable("data");
        TRY_ASSIGN(surge_account account, read_account(row.get_object()));
        work->found.push_back(std::move(account));
      }
      return next_cursor_in(*page);
    }();
    if (!read) return work->done(strange_answer(read.error().message, call_effect::reads));
    if (read->empty()) {
      self->take_listing(*work);
      return work->done(std::move(work->found));
    }
    if (*read == cursor || work->found.size() >= accounts_max) {
      return work->done(strange_answer("a list of accounts without an end", call_effect::reads));
    }
    self->list_page(work, *read);
  });
}

void account_book::take_listing(listing& read) {
  std::vector<surge_account>& listed = read.found;
  std::sort(listed.begin(), listed.end(),
            [](const surge_account& a, const surge_account& b) { return a.id < b.id; });
  const auto same = [](const surge_account& a, const surge_account& b) { return a.id == b.id; };
  listed.erase(std::unique(listed.begin(), listed.end(), same), listed.end());
  const std::lock_guard lock(mutex_);
  const bool is_behind = read.changes != changes_ || (listed_at_ && *listed_at_ > read.asked_at);
  if (is_behind) return;
  listed_ = listed;
  listed_at_ = read.asked_at;
}

void account_book::distrust_listing() {
  const std::lock_guard lock(mutex_);
  listed_at_.reset();
  ++changes_;
}

// ---- finding and making -----------------------------------------------------------------------

void account_book::find(std::string owner, carrier_done<std::optional<surge_account>> done) {
  if (auto known = remembered(owner)) return done(std::move(known));
  owner = owner_or_default(std::move(owner));
  all(std::chrono::milliseconds(0), [self = shared_from_this(), owner,
                                     done = std::move(done)](auto listed) mutable {
    if (!listed) return done(std::move(listed).error());
    const surge_account* found = oldest_of(*listed, owner);
    if (found == nullptr) return done(std::optional<surge_account>());
    self->remember(owner, *found);
    done(std::optional<surge_account>(*found));
  });
}

void account_book::any(std::string owner, carrier_done<surge_account> done) {
  find(owner, [self = shared_from_this(), done = std::move(done)](auto found) mutable {
    if (!found) return done(std::move(found).error());
    if (*found) return done(**std::move(found));
    if (auto known = self->remembered("")) return done(*std::move(known));
    self->all(std::chrono::minutes(1), [self, done = std::move(done)](auto listed) mutable {
      if (!listed) return done(std::move(listed).error());
      if (!listed->empty()) return done(std::move(listed->front()));
      self->find_or_make("", "", std::move(done));
    });
  });
}

void account_book::find_or_make(std::string owner, std::string_view mark,
                                carrier_done<surge_account> done) {
  if (auto known = remembered(owner)) return done(*std::move(known));
  // What belongs to nobody is of every group.
  const std::string group = owner.empty() ? std::string() : group_of_mark(mark);
  owner = owner_or_default(std::move(owner));
  {
    std::unique_lock lock(mutex_);
    std::vector<waiter>& waiters = waiting_[owner];
    if (waiters.size() >= waiters_max) {
      lock.unlock();
      return done(not_done(error_code::overloaded, "The carrier is busy. Try again.",
                           "too many wait for one account"));
    }
    waiters.push_back({event_loop::current(), std::move(done)});
    if (waiters.size() > 1) return;
  }
  find_then_make(owner, account_name(owner, group, ""));
}

void account_book::find_then_make(const std::string& owner, const std::string& name) {
  // A list without it proves something for the moment it was asked for, not for later ones.
  find(owner, [self = shared_from_this(), owner, name, asked_at = time_.now()](auto found) {
    if (!found) {
      error why = std::move(found).error();
      if (why.kind == error_class::unknown) why.kind = error_class::not_done;
      return self->finish(owner, std::move(why));
    }
    if (*found) return self->finish(owner, **std::move(found));
    if (self->is_unsettled(owner, asked_at)) {
      return self->finish(owner, not_opened("an earlier try may still make it"));
    }
    const auto since = self->followed_at_;
    if (!since || asked_at - *since >= self->settling_time_) return self->make(owner, name);
    const std::chrono::milliseconds left = self->settling_time_ - (self->time_.now() - *since);
    if (left.count() <= 0) return self->find_then_make(owner, name);
    event_loop::current()->post_after(
        left, [self, owner, name] { self->find_then_make(owner, name); });
  });
}

bool account_book::is_unsettled(const std::string& owner, timestamp asked_at) {
  const auto since = unsettled_.find(owner);
  return since && asked_at - *since < settling_time_;
}

void account_book::make(const std::string& owner, const std::string& name) {
  // Until an answer says otherwise. Kept for a cancelled request as well.
  unsettled_.put(owner, time_.now());
  api_->write("POST", "/accounts", {{"name", name}},
             [self = shared_from_this(), owner](api_result made) {
               self->take_made(owner, std::move(made));
             });
}

void account_book::take_made(const std::string& owner, api_result made) {
  if (made) {
    auto account = read_account(*made);
    if (!account || !account->belongs_to(owner)) return find_what_was_made(owner);
    unsettled_.forget(owner);
    remember(owner, *account);
    distrust_listing();  // it lists one too few
    return finish(owner, *std::move(account));
  }
  error why = std::move(made).error().what;
  if (why.kind == error_class::unknown) return find_what_was_made(owner);
  unsettled_.forget(owner);
  finish(owner, std::move(why));
}

void account_book::find_what_was_made(const std::string& owner) {
  find(owner, [self = shared_from_this(), owner](auto found) {
    if (found && *found) {
      self->unsettled_.forget(owner);
      return self->finish(owner, **std::move(found));
    }
    self->finish(owner, not_opened(found ? "not seen yet" : describe(found.error())));
  });
}

void account_book::finish(const std::string& owner, result<surge_account> outcome) {
  std::vector<waiter> waiters;
  {
    const std::lock_guard lock(mutex_);
    const auto at = waiting_.find(owner);
    if (at == waiting_.end()) return;
    waiters = std::move(at->second);
    waiting_.erase(at);
  }
  for (waiter& each : waiters) {
    if (each.loop == event_loop::current()) {
      each.done(outcome);
      continue;
    }
    each.loop->post([done = std::move(each.done), outcome]() mutable { done(std::move(outcome)); });
  }
}

}  // namespace dialplane::surge
