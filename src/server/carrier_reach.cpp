#include "server/carrier_reach.hpp"

#include <utility>
#include <vector>

#include "server/blocking_store.hpp"
#include "server/known_carriers.hpp"
#include "store/carrier_account_queries.hpp"

namespace dialplane {

namespace {

using account_rows = std::vector<carrier_account>;

std::vector<account_maker> all_makers() {
  std::vector<account_maker> makers;
  for (const known_carrier& one : known_carriers()) {
    makers.push_back({.described = &one.described, .make = one.make});
  }
  return makers;
}

result<void> open_accounts(account_book& book, store& database) {
  TRY_ASSIGN(account_rows rows, read_and_wait<account_rows>(database, [](session& work) {
               return work.carrier_accounts().all();
             }));
  const account_rows changed = book.open_all(std::move(rows));
  if (changed.empty()) return {};
  return write_and_wait<void>(database, [&](session& work) -> result<void> {
    for (const carrier_account& row : changed) {
      TRY_ASSIGN(const auto before, work.carrier_accounts().find_named(row.name));
      if (!before) continue;
      TRY(work.carrier_accounts().update(row));
      TRY(tell_account_changed(work, book.environment(), row, name_of_value(before->state)));
    }
    return {};
  });
}

}  // namespace

result<std::unique_ptr<carrier_reach>> carrier_reach::open(installation& home,
                                                           const server_settings& settings,
                                                           workflow_environment& env) {
  std::unique_ptr<carrier_reach> made(new carrier_reach());
  std::vector<ip_range> allowed = settings.allowed_destinations;
  // Only the operator says where a carrier is, and may mean an emulator on this machine.
  TRY_ASSIGN(const auto loopback, parse_ip_ranges("127.0.0.0/8,::1"));
  allowed.insert(allowed.end(), loopback.begin(), loopback.end());
  made->guard_ = std::make_unique<address_guard>(std::move(allowed));
  carrier_tools tools;
  tools.outgoing = &made->outgoing_;
  tools.guard = made->guard_.get();
  TRY_ASSIGN(tools.tls, load_client_tls());
  tools.time = &home.time;
  tools.random = &home.random;
  account_book_settings chosen;
  chosen.public_url_given = !settings.public_url.empty();
  for (const auto& [kind, url] : settings.carrier_endpoints) chosen.endpoints[kind] = url;
  chosen.ask_again = settings.carrier_ask_again;
  made->book_ = std::make_unique<account_book>(env, std::move(tools), all_makers(),
                                               std::move(chosen));
  made->outgoing_.start("carriers");
  const result<void> opened = open_accounts(*made->book_, *home.database);
  if (!opened) {
    made->stop();
    return opened.error();
  }
  return made;
}

carrier_reach::~carrier_reach() { stop(); }

void carrier_reach::stop() {
  if (std::exchange(stopped_, true)) return;
  if (book_) book_->stop();
  outgoing_.stop();
}

}  // namespace dialplane
