// The carrier accounts that are open in this process, by name: those of the installation, which
// sell numbers to every organization in the order the operator chose, and those that one
// organization brought, which only hold numbers it imported.
//
// Filled at start by server/, changed while running when an operator adds, changes or removes an
// account. Safe from any thread. A carrier that was found stays valid until the program ends: one
// that was replaced or removed answers what is under way and is asked nothing new.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "carriers/carrier.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

// What the account itself is worth now; each is told to the operator as an event.
enum class account_standing {
  open,
  credentials_rejected,  // until new ones are given
  out_of_funds,          // until a check finds some
};
NAMED_ENUM(account_standing, {account_standing::open, "open"},
           {account_standing::credentials_rejected, "credentials_rejected"},
           {account_standing::out_of_funds, "out_of_funds"});

// How an account takes part.
struct account_place {
  std::optional<organization_id> only_for = {};  // brought by an organization: sells nothing
  std::int64_t preference = 0;                   // lower buys first
};

class carrier_registry {
 public:
  static constexpr std::size_t replaced_max = 1'000;

  // Adds an account, or replaces the one of that name. CHECKs replaced_max.
  void add(std::unique_ptr<carrier> one, account_place place = {});
  // Changes how an account takes part; unknown names change nothing.
  void set_place(std::string_view name, account_place place);
  // From now on it is not found any more.
  void remove(std::string_view name);
  // Null for an unknown name.
  carrier* find(std::string_view name) const noexcept;
  // Where new numbers are bought: the first by preference that is open, else the first. At least
  // one that sells must have been added.
  carrier& preferred() const;
  // All that sell, best first: by preference, those that are not open last.
  std::vector<carrier*> sellers() const;
  // All that are open in this process, in the order they were added.
  std::vector<carrier*> all() const;

  // Whether that changed anything. Unknown names change nothing.
  bool set_standing(std::string_view name, account_standing standing);
  account_standing standing_of(std::string_view name) const noexcept;

 private:
  struct entry {
    std::shared_ptr<carrier> account;
    account_place place;
    account_standing standing = account_standing::open;
  };

  const entry* find_entry(std::string_view name) const noexcept;

  mutable std::mutex mutex_;
  std::vector<entry> open_;
  std::vector<std::shared_ptr<carrier>> replaced_;
};

}  // namespace dialplane
