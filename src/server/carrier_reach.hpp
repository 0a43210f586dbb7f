// What this program needs to reach carriers: a loop of its own, TLS, whom it may connect to, and
// the book of accounts, opened from the store.
//
// Used by the running server and by local commands without one. Its owner stops it before the store
// and the other loops end.
#pragma once

#include <memory>

#include "net/address_guard.hpp"
#include "net/asio_event_loop.hpp"
#include "server/installation.hpp"
#include "server/settings.hpp"
#include "workflow/accounts/account_book.hpp"

namespace dialplane {

class carrier_reach {
 public:
  // Reads the accounts and puts them into env.carriers, beside what is there already. Not on a
  // loop's thread.
  static result<std::unique_ptr<carrier_reach>> open(installation& home,
                                                     const server_settings& settings,
                                                     workflow_environment& env);
  ~carrier_reach();
  carrier_reach(const carrier_reach&) = delete;
  carrier_reach& operator=(const carrier_reach&) = delete;

  account_book& accounts() const noexcept { return *book_; }
  void stop();

 private:
  carrier_reach() = default;

  asio_event_loop outgoing_;
  std::unique_ptr<address_guard> guard_;
  std::unique_ptr<account_book> book_;
  bool stopped_ = false;
};

}  // namespace dialplane
