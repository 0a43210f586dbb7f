// Looking a number up, and giving it back.
#include <utility>

#include "carriers/telnyx/numbers.hpp"
#include "carriers/telnyx/routing_targets.hpp"
#include "carriers/telnyx/scan.hpp"

namespace dialplane::telnyx {

namespace {

namespace json = boost::json;

using found_number = std::optional<carrier_number>;

// By mark among the numbers, by mark among the orders, by number: in this order.
class looking_up final : public flow<found_number> {
 public:
  looking_up(const std::shared_ptr<account>& at, std::string e164, std::string mark,
             carrier_done<found_number> done)
      : flow(at, std::move(done)), e164_(std::move(e164)), mark_(std::move(mark)) {}

  void run() {
    if (mark_.empty()) return ask_by_number();
    if (const auto account = at()) asked_at_ = account->time.now();
    scan_list<number_row>(
        at(),
        {.path = "/phone_numbers?" + query_part("filter[customer_reference]", mark_),
         .read = &read_number_row,
         .wanted =
             [mark = mark_](const number_row& row) {
               return row.mark == mark && standing_of(row.status).has_value();
             }},
        step<std::vector<number_row>>([this](std::vector<number_row> rows) {
          if (rows.empty()) return ask_orders();
          const number_row* best = &rows.front();
          for (const number_row& row : rows) {
            if (row.e164 == e164_) best = &row;
          }
          show(*best);
        }));
  }

 private:
  void ask_orders() {
    find_orders(at(), mark_, step<std::vector<order_row>>([this](std::vector<order_row> orders) {
      const auto account = at();
      if (account == nullptr) return end(account_is_gone());
      for (const order_row& order : orders) {
        if (auto found = read_order(order, *account)) {
          if (found->standing != order_standing::failed) return end(std::move(found));
          if (!failed_) failed_ = std::move(found);
        }
      }
      ask_by_number();
    }));
  }

  // What an order says of a number that is not in the list: it is on its way, or came to nothing.
  // An order that succeeded long ago bought a number that was given back since.
  found_number read_order(const order_row& order, const account& account) const {
    if (order.numbers.empty()) return std::nullopt;
    const ordered_number* number = &order.numbers.front();
    for (const ordered_number& each : order.numbers) {
      if (each.e164 == e164_) number = &each;
    }
    carrier_number found;
    found.e164 = number->e164;
    found.mark = order.mark;
    found.bought_at = order.created_at.value_or(timestamp{});
    const std::string& status = order.status == "pending" ? order.status : number->status;
    found.standing_detail = status.empty() ? order.status : status;
    if (found.standing_detail == "failure") {
      found.standing = order_standing::failed;
      const bool is_asked_for = e164_.empty() || found.e164 == e164_;
      return is_asked_for ? found_number(std::move(found)) : std::nullopt;
    }
    found.standing = order_standing::pending;
    if (found.standing_detail != "success") return found;
    const timestamp ended = order.updated_at.value_or(found.bought_at);
    const bool may_yet_show = asked_at_ - ended <= account.abilities.settling_time;
    if (!may_yet_show || account.releases.find(found.e164)) return std::nullopt;
    return found;
  }

  void ask_by_number() {
    if (e164_.empty()) return end(std::move(failed_));
    find_by_number(at(), e164_, step<std::vector<number_row>>([this](std::vector<number_row> rows) {
      if (rows.empty()) return end(std::move(failed_));
      show(rows.front());
    }));
  }

  // With the addresses that profile and application lead to.
  void show(const number_row& row) {
    const auto account = at();
    if (account == nullptr) return end(account_is_gone());
    const auto standing = standing_of(row.status).value_or(order_standing::pending);
    shown_ = to_carrier_number(row, standing);
    target_url(account, target_kind::messaging_profile, row.profile,
               step<std::string>([this, connection = row.connection](std::string url) {
                 shown_.routing.text_url = std::move(url);
                 show_voice(connection);
               }));
  }

  void show_voice(const std::string& connection) {
    const auto account = at();
    if (account == nullptr) return end(account_is_gone());
    target_url(account, target_kind::texml_application, connection,
               step<std::string>([this](std::string url) {
                 shown_.routing.voice_url = std::move(url);
                 end(std::move(shown_));
               }));
  }

  const std::string e164_;
  const std::string mark_;
  timestamp asked_at_;  // when the list of numbers was
  found_number failed_;
  carrier_number shown_;
};

// Unlock, then delete; the lock falls only here, as the last step but one.
class releasing final : public flow<void> {
 public:
  releasing(const std::shared_ptr<account>& at, std::string e164, std::string mark,
            carrier_done<void> done)
      : flow(at, std::move(done)), e164_(std::move(e164)), mark_(std::move(mark)) {}

  void run() {
    find_by_number(at(), e164_, step<std::vector<number_row>>([this](std::vector<number_row> rows) {
      if (rows.empty()) return make_sure_it_is_gone();
      const number_row& row = rows.front();
      if (!mark_.empty() && row.mark != mark_) return end({});  // somebody else's by now
      if (!row.locked) return remove(row.id);
      unlock(row.id);
    }));
  }

 private:
  // Whatever becomes of this request, the number stays ours.
  void unlock(const std::string& id) {
    const auto account = at();
    if (account == nullptr) return end(account_is_gone());
    account->requests.send(
        {.method = "PATCH",
         .path = "/phone_numbers/" + id,
         .body = json::object{{"deletion_lock_enabled", false}}},
        [self = shared_from_this(), this, id](result<api_answer> got) {
          if (!got) return end(still_ours(std::move(got).error()));
          if (got->is_not_found()) return end({});
          if (got->failure) return end(still_ours(*std::move(got->failure)));
          const auto row = read_changed_number(got->body);
          if (row && row->id == id && !row->locked) return remove(id);
          end(not_done(error_code::carrier_unavailable,
                       "The carrier did not take the deletion lock off this number.",
                       row ? "telnyx: the lock is on after it was switched off"
                           : row.error().internal));
        });
  }

  static error still_ours(error failure) {
    if (failure.kind != error_class::unknown) return failure;
    failure.kind = error_class::not_done;
    failure.code = error_code::carrier_unavailable;
    failure.message = "The carrier did not say whether it took the deletion lock off.";
    return failure;
  }

  // A number bought a moment ago may not be in the lists yet; it must not be forgotten.
  void make_sure_it_is_gone() {
    const auto account = at();
    if (account == nullptr) return end(account_is_gone());
    if (account->releases.find(e164_) || !is_us_e164(e164_)) return end({});
    find_recent_orders(account, e164_,
                       step<std::vector<order_row>>([this](std::vector<order_row> orders) {
                         if (orders.empty() || (!mark_.empty() && orders.front().mark != mark_)) {
                           return end({});
                         }
                         end(not_done(error_code::carrier_unavailable,
                                      "The carrier does not show this number yet.",
                                      "telnyx: ordered a moment ago, not in the list"));
                       }));
  }

  void remove(const std::string& id) {
    ask_any({.method = "DELETE", .path = "/phone_numbers/" + id}, [this](api_answer got) {
      if (got.failure && !got.is_not_found()) return end(*std::move(got.failure));
      if (const auto account = at()) account->releases.keep(e164_, true);
      end({});
    });
  }

  const std::string e164_;
  const std::string mark_;
};

}  // namespace

void look_up_number(const std::shared_ptr<account>& at, std::string e164, std::string mark,
                    carrier_done<found_number> done) {
  if (e164.empty() && mark.empty()) return done(found_number{});
  std::make_shared<looking_up>(at, std::move(e164), std::move(mark), std::move(done))->run();
}

void release_number(const std::shared_ptr<account>& at, std::string e164, std::string mark,
                    carrier_done<void> done) {
  std::make_shared<releasing>(at, std::move(e164), std::move(mark), std::move(done))->run();
}

}  // namespace dialplane::telnyx
