// The accounts of one Surge project: one for each owner of ours, named by the owner's text, found
// again by it, and never made twice.
//
// An account's name is the owner's text, then the group's where there is one, then the company's
// name, with spaces between. A group (dpo_…: an organization, as our marks name it) says which
// accounts a mark can be in, so that a look-up need not go through all of them.
// Of several with one owner the oldest counts. Making one is single file for each owner; after an
// unknown outcome nothing is made for it until the settling time has passed, and what was made is
// looked for by its name before that and after. An adapter that follows another waits that long
// before it makes any: what the other asked for may still come. From any loop; answers on the loop
// that asked; loops must live until the carrier is destroyed.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/event_loop.hpp"
#include "carriers/carrier.hpp"
#include "carriers/surge/api_link.hpp"
#include "carriers/surge/bounded_memory.hpp"

namespace dialplane::surge {

struct surge_account {
  std::string id;
  std::string name;

  bool belongs_to(std::string_view owner) const noexcept;
  // "dpo_…", or "" for an account that may be of any group.
  std::string_view group() const noexcept;
};

// The group of what carries this mark; "" where the mark does not say.
std::string group_of_mark(std::string_view mark);
// What an account is called: `more` may be empty.
std::string account_name(std::string_view owner, std::string_view group, std::string_view more);

using accounts_done = carrier_done<std::vector<surge_account>>;

class account_book : public std::enable_shared_from_this<account_book> {
 public:
  // `default_account`: id of the account for what belongs to nobody; where it is empty, that is
  // the account of the owner `default_owner`.
  account_book(std::shared_ptr<api_link> api, const clock& time,
               std::chrono::milliseconds settling_time, std::string default_account,
               std::string default_owner, bool follows_another);

  // All accounts by id, oldest first; as they were at most `max_age` ago.
  void all(std::chrono::milliseconds max_age, accounts_done done);
  // `owner` may be empty: nobody's.
  void find(std::string owner, carrier_done<std::optional<surge_account>> done);
  // not_done where the account could not be made now, whatever became of the try. What is made
  // gets the group of `mark`.
  void find_or_make(std::string owner, std::string_view mark, carrier_done<surge_account> done);
  // Any account at all, the owner's first: for calls that need one without being about it.
  void any(std::string owner, carrier_done<surge_account> done);
  // It turned out to be gone.
  void forget(const std::string& account_id);

 private:
  struct waiter {
    event_loop* loop = nullptr;
    carrier_done<surge_account> done;
  };
  struct listing;

  std::string owner_or_default(std::string owner) const;
  std::optional<surge_account> remembered(const std::string& owner) const;
  void remember(const std::string& owner, const surge_account& account);
  void list_page(std::shared_ptr<listing> work, std::string cursor);
  // Sorts it, and keeps it unless more is known since it was asked for.
  void take_listing(listing& read);
  void distrust_listing();
  void find_then_make(const std::string& owner, const std::string& name);
  void make(const std::string& owner, const std::string& name);
  void take_made(const std::string& owner, api_result made);
  void find_what_was_made(const std::string& owner);
  bool is_unsettled(const std::string& owner, timestamp asked_at);
  void finish(const std::string& owner, result<surge_account> outcome);

  const std::shared_ptr<api_link> api_;
  const clock& time_;
  const std::chrono::milliseconds settling_time_;
  const std::string default_account_;
  const std::string default_owner_;
  const std::optional<timestamp> followed_at_;
  mutable std::mutex mutex_;
  std::vector<surge_account> listed_;
  std::optional<timestamp> listed_at_;  // asked for then
  std::uint64_t changes_ = 0;           // what is listed meanwhile may lack them
  bounded_memory<surge_account> by_owner_{50'000};
  bounded_memory<std::string> owners_{50'000};   // by account id
  bounded_memory<timestamp> unsettled_{10'000};  // owners whose account may still be made
  std::map<std::string, std::vector<waiter>> waiting_;
};

// What is read of an account.
result<surge_account> read_account(const boost::json::object& answer);

}  // namespace dialplane::surge
