#include "carriers/telnyx/routing.hpp"

#include <utility>

#include "carriers/telnyx/numbers.hpp"
#include "carriers/telnyx/prices.hpp"
#include "carriers/telnyx/routing_targets.hpp"
#include "carriers/telnyx/scan.hpp"

namespace dialplane::telnyx {

namespace {

namespace json = boost::json;

// A number's ids as they are to be; "" takes it off.
struct wanted_state {
  std::string profile;
  std::string connection;
  bool locked = true;
};

error not_shown_yet() {
  return not_done(error_code::carrier_unavailable, "The carrier does not show this number yet.",
                  "telnyx: ordered a moment ago, not to be configured yet");
}

// Finds the number's row; where there is none, tells "not yet" from "not ours".
class finding_row final : public flow<number_row> {
 public:
  using flow::flow;

  void run(const std::string& e164) {
    find_by_number(at(), e164,
                   step<std::vector<number_row>>([this, e164](std::vector<number_row> rows) {
                     if (!rows.empty()) return end(std::move(rows.front()));
                     ask_orders(e164);
                   }));
  }

 private:
  void ask_orders(const std::string& e164) {
    const auto account = at();
    if (account == nullptr) return end(account_is_gone());
    if (account->releases.find(e164)) return end(not_our_number());
    find_recent_orders(account, e164,
                       step<std::vector<order_row>>([this](std::vector<order_row> orders) {
                         end(orders.empty() ? not_our_number() : not_shown_yet());
                       }));
  }
};

void find_row(const std::shared_ptr<account>& at, const std::string& e164,
              carrier_done<number_row> done) {
  std::make_shared<finding_row>(at, std::move(done))->run(e164);
}

// Brings one number to a state, changing only what differs.
class configuring final : public flow<void> {
 public:
  configuring(const std::shared_ptr<account>& at, number_row row, wanted_state wanted,
              carrier_done<void> done)
      : flow(at, std::move(done)), row_(std::move(row)), wanted_(std::move(wanted)) {}

  void run() {
    if (row_.profile == wanted_.profile) return set_connection();
    change("/messaging", {{"messaging_profile_id", wanted_.profile}}, [this](json::object body) {
      if (told(body, "messaging_profile_id") != wanted_.profile) {
        return end(unreadable(true, "the messaging profile was not taken"));
      }
      set_connection();
    });
  }

 private:
  void set_connection() {
    if (row_.connection == wanted_.connection) return set_lock();
    change("/voice", {{"connection_id", wanted_.connection}}, [this](json::object body) {
      if (told(body, "connection_id") == wanted_.connection) return set_lock();
      // Telnyx has documented both routes; this is the older one.
      change("", {{"connection_id", wanted_.connection}}, [this](json::object again) {
        if (told(again, "connection_id") == wanted_.connection) return set_lock();
        end(unreadable(true, "the connection was not taken"));
      });
    });
  }

  void set_lock() {
    if (row_.locked == wanted_.locked) return end({});
    change("", {{"deletion_lock_enabled", wanted_.locked}}, [this](json::object body) {
      const auto row = read_changed_number(body);
      if (row && row->locked == wanted_.locked) return end({});
      end(unreadable(true, "the deletion lock was not taken"));
    });
  }

  template <typename Then>
  void change(std::string_view route, json::object body, Then then) {
    ask_any({.method = "PATCH",
             .path = "/phone_numbers/" + row_.id + std::string(route),
             .body = std::move(body)},
            [this, then = std::move(then)](api_answer got) mutable {
              // Found a moment ago: not to be seen by this part of the carrier yet.
              if (got.is_not_found()) return end(not_shown_yet());
              if (got.failure) return end(*std::move(got.failure));
              then(std::move(got.body));
            });
  }

  static std::string told(const json::object& body, std::string_view name) {
    answer_reader outer(body);
    answer_reader read(outer.object("data"));
    std::string value = read.text(name, 64, true);
    return read.finish() ? value : std::string("?");
  }

  const number_row row_;
  const wanted_state wanted_;
};

class routing_change final : public flow<void> {
 public:
  routing_change(const std::shared_ptr<account>& at, number_routing routing,
                 carrier_done<void> done)
      : flow(at, std::move(done)), routing_(std::move(routing)) {}

  void run(const std::string& e164) {
    find_row(at(), e164, step<number_row>([this](number_row row) {
               row_ = std::move(row);
               find_profile();
             }));
  }

 private:
  void find_profile() {
    find_target(target_kind::messaging_profile, routing_.text_url, [this](std::string id) {
      wanted_.profile = std::move(id);
      find_target(target_kind::texml_application, routing_.voice_url, [this](std::string found) {
        wanted_.connection = std::move(found);
        configure();
      });
    });
  }

  template <typename Then>
  void find_target(target_kind kind, const std::string& url, Then then) {
    const auto account = at();
    if (account == nullptr) return end(account_is_gone());
    if (url.empty()) return then(std::string());
    account->targets->find_or_make(account, kind, url, step<std::string>(std::move(then)));
  }

  void configure() {
    const auto account = at();
    if (account == nullptr) return end(account_is_gone());
    // A number that leads nowhere any more is on its way out: its lock stays as it is.
    const bool leads_somewhere = !routing_.text_url.empty() || !routing_.voice_url.empty();
    wanted_.locked = leads_somewhere || row_.locked;
    auto finished = [self = shared_from_this(), this](result<void> outcome) {
      if (!outcome && outcome.error().kind == error_class::refused) forget_targets();
      end(std::move(outcome));
    };
    std::make_shared<configuring>(account, row_, wanted_, std::move(finished))->run();
  }

  // One of them may be gone at the carrier; the next try looks for them again.
  void forget_targets() {
    const auto account = at();
    if (account == nullptr) return;
    account->targets->forget(target_kind::messaging_profile, routing_.text_url);
    account->targets->forget(target_kind::texml_application, routing_.voice_url);
  }

  const number_routing routing_;
  number_row row_;
  wanted_state wanted_;
};

class restoring final : public flow<void> {
 public:
  using flow::flow;

  void run(const std::string& e164, wanted_state wanted) {
    find_row(at(), e164, step<number_row>([this, wanted = std::move(wanted)](number_row row) {
               const auto account = at();
               if (account == nullptr) return end(account_is_gone());
               std::make_shared<configuring>(
                   account, std::move(row), wanted,
                   [self = shared_from_this(), this](result<void> done) { end(std::move(done)); })
                   ->run();
             }));
  }
};

// ---- the account ------------------------------------------------------------------------------

struct probe {
  std::string_view path;
  std::string_view needed_for;
};

constexpr probe probes[] = {
    {"/phone_numbers?page%5Bsize%5D=1", "numbers"},
    {"/messaging_profiles?page%5Bsize%5D=1", "messaging profiles"},
    {"/texml_applications?page%5Bsize%5D=1", "TeXML applications"},
    {"/10dlc/brand?recordsPerPage=1", "10DLC brands"},
};

class checking_account final : public flow<account_report> {
 public:
  using flow::flow;

  void run(std::string shown_name) {
    report_.account = std::move(shown_name);
    if (const auto account = at(); account && !account->public_url.starts_with("https://")) {
      report_.missing.emplace_back(
          "Set --public-url to an https address: Telnyx cannot reach this server otherwise.");
    }
    ask({.path = "/balance"}, [this](json::object body) {
      const auto read = take_balance(body);
      if (!read) return end(unreadable(false, read.error().internal));
      next_probe();
    });
  }

 private:
  result<void> take_balance(const json::object& body) {
    answer_reader outer(body);
    answer_reader read(outer.object("data"));
    const std::string balance = read.text("balance", 64);
    const std::string available = read.text("available_credit", 64);
    TRY(outer.finish());
    TRY(read.finish());
    report_.balance_micro_usd = parse_micro_usd(balance);
    const auto spendable = available.empty() ? report_.balance_micro_usd
                                             : parse_micro_usd(available);
    if (spendable && *spendable <= 0) {
      report_.can_buy = false;
      report_.missing.emplace_back(
          "Add funds in the Mission Control Portal: the account has none.");
    }
    return {};
  }

  void next_probe() {
    if (next_ == std::size(probes)) return end(std::move(report_));
    const probe& each = probes[next_++];
    ask_any({.path = std::string(each.path)}, [this, &each](api_answer got) {
      if (got.failure && got.failure->code == error_code::carrier_credentials_rejected) {
        return end(*std::move(got.failure));
      }
      if (got.failure && got.failure->kind == error_class::not_done) {
        return end(*std::move(got.failure));
      }
      if (got.failure) {
        report_.missing.push_back("Give the API key access to " + std::string(each.needed_for) +
                                  ": Telnyx refuses it.");
      }
      next_probe();
    });
  }

  account_report report_;
  std::size_t next_ = 0;
};

}  // namespace

void route_number(const std::shared_ptr<account>& at, std::string e164, number_routing routing,
                  carrier_done<void> done) {
  std::make_shared<routing_change>(at, std::move(routing), std::move(done))->run(e164);
}

void read_number_routing(const std::shared_ptr<account>& at, std::string e164,
                         carrier_done<routing_snapshot> done) {
  find_row(at, e164, [done = std::move(done)](result<number_row> row) mutable {
    if (!row) return done(std::move(row).error());
    routing_snapshot snapshot;
    snapshot.fields["messaging_profile_id"] = row->profile;
    snapshot.fields["connection_id"] = row->connection;
    snapshot.fields["deletion_lock_enabled"] = row->locked;
    done(std::move(snapshot));
  });
}

void restore_number_routing(const std::shared_ptr<account>& at, std::string e164,
                            routing_snapshot before, carrier_done<void> done) {
  answer_reader read(before.fields);
  wanted_state wanted{.profile = read.text("messaging_profile_id", 64),
                      .connection = read.text("connection_id", 64),
                      .locked = read.flag("deletion_lock_enabled")};
  if (const auto fits = read.finish(); !fits) return done(fits.error());
  std::make_shared<restoring>(at, std::move(done))->run(e164, std::move(wanted));
}

void report_account(const std::shared_ptr<account>& at, std::string shown_name,
                    carrier_done<account_report> done) {
  std::make_shared<checking_account>(at, std::move(done))->run(std::move(shown_name));
}

}  // namespace dialplane::telnyx
