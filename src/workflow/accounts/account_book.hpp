// The accounts at carriers, kept in the store and open in this process.
//
// Opens accounts through the makers that server/ hands in, puts them into the registry, and keeps
// store, registry and events in step: what an answer of a carrier says about an account's
// credentials or money becomes its state, an event `carrier.account_changed` and an audit entry.
// Accounts that are not well are asked again now and then. An account that cannot be opened, or was
// removed with numbers on it, stays in the registry as a closed one, so that what waits for it
// waits. Owned by server/; from any thread unless said otherwise.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/event_loop.hpp"
#include "carriers/carrier_description.hpp"
#include "domain/carrier_account.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

struct account_maker {
  const carrier_description* described = nullptr;
  carrier_maker make = nullptr;
};

using credential_texts = std::map<std::string, secret_string, std::less<>>;
using option_texts = std::map<std::string, std::string, std::less<>>;

struct account_book_settings {
  bool public_url_given = false;  // else env.public_url is only a guess from the listen address
  option_texts endpoints;         // kind -> where its API is, instead of the described address
  std::chrono::milliseconds ask_again{600'000};  // accounts that are not well
};

// A change of an account, for the event; `previous` is empty for a new one.
result<void> tell_account_changed(session& work, workflow_environment& env,
                                  const carrier_account& row, std::string_view previous);

class account_book {
 public:
  // `env` must outlive it; so must what the tools point to.
  account_book(workflow_environment& env, carrier_tools tools, std::vector<account_maker> makers,
               account_book_settings settings);
  ~account_book();
  account_book(const account_book&) = delete;
  account_book& operator=(const account_book&) = delete;

  std::span<const account_maker> makers() const;
  // Null for an unknown kind.
  const account_maker* maker_of(std::string_view kind) const;

  // Puts all rows into the registry; those whose state is another now are to be stored. At start,
  // before anything is asked of a carrier.
  std::vector<carrier_account> open_all(std::vector<carrier_account> rows);
  // Puts one row into the registry, or replaces it there: open, or closed where its state or the
  // maker says so. The row, `unusable` or usable again.
  carrier_account open(carrier_account row);
  // Takes it out of the registry's choice; what waits for it goes on waiting.
  void close(const carrier_account& row);

  // Removed while numbers lived there: its name waits for the account to come back.
  bool is_removed(std::string_view name) const;
  // Nothing lives there and nothing waits for it: its name is free again.
  void forget(std::string_view name);

  // A carrier of the program's own, which is in the registry without a row. It sells numbers as
  // long as no real account does.
  bool is_built_in(std::string_view name) const;

  // The adapter alone, not in the registry: for a look before anything is saved. refused
  // (carrier_account_invalid): an unknown kind or option, a credential missing, no public address.
  // `watch` sees all that this adapter asks over the wire.
  result<std::unique_ptr<carrier>> make(const carrier_account& row,
                                        const credential_texts& credentials,
                                        wire_observer watch = {}) const;

  // A fresh one, sealed.
  std::string seal_webhook_token() const;
  std::string seal_credentials(const credential_texts& credentials) const;
  result<credential_texts> open_credentials(const carrier_account& row) const;

  // How many purchases may be under way at an account: its option "purchases_in_flight", else what
  // the carrier takes at once (its limits) and no more than the installation's rule. `told` hears
  // of every account that is open and of each that is opened from now on; once, at start.
  using purchases_told = std::function<void(const std::string& name, std::size_t most)>;
  void tell_purchases_in_flight(purchases_told told);

  // Where the carrier's API is for this account, and whether that is this very machine.
  std::string base_url_of(const carrier_account& row) const;
  bool is_local(const carrier_account& row) const;
  // refused (carrier_account_invalid) where a real carrier could not reach us.
  result<void> check_public_url(const carrier_account& row) const;

  // Asks accounts that are not well again, on `loop`, until stop().
  void start(event_loop& loop);
  void stop() noexcept;

  workflow_environment& environment() const;

 private:
  struct core;
  std::shared_ptr<core> core_;
};

}  // namespace dialplane
